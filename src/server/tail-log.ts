import { open, stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '../model/failure.ts';

const mostBytes = 1024 * 1024;
const checkEveryMs = 200;

/** Hands over the last lines of a log, then what is appended, until the signal is aborted (or at once without one). */
export async function tailLog(
  path: string,
  lines: number,
  follow: AbortSignal | undefined,
  take: (text: string) => void,
): Promise<void> {
  let at = await size(path);
  const text = await read(path, Math.max(0, at - mostBytes), at);
  const all = text.split('\n');
  take(all.slice(Math.max(0, all.length - 1 - lines)).join('\n'));
  while (follow && !follow.aborted) {
    await sleep(checkEveryMs);
    const now = await size(path);
    // A shorter file is a new one: the old one was put aside.
    if (now < at) at = 0;
    if (now > at) take(await read(path, at, now));
    at = now;
  }
}

async function size(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (cause) {
    const hint = 'the server has not written it yet: kvm-compose server start';
    throw new Failure(
      { code: 'file-missing', class: 'permanent', message: `there is no log ${path}`, hint },
      { cause },
    );
  }
}

async function read(path: string, from: number, to: number): Promise<string> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(to - from), 0, to - from, from);
    return buffer.subarray(0, bytesRead).toString('utf8');
  } finally {
    await file.close();
  }
}
