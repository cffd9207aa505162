import { type FileHandle, open } from 'node:fs/promises';
import type { RunEvent } from '../../ports/events.ts';
import { isErrno } from '../store/atomic-file.ts';

const newline = 0x0a;
const chunkSize = 256 * 1024;
const wanted = Buffer.from('"code":"script-output"');

/** What a log holds of scripts' output: the number of the last line of each, by guest and script. */
export interface ScriptLines {
  last(guest: string, script: string): Promise<number>;
}

/**
 * Looks from the end of the file backwards, only as far as it must, and remembers the part it has seen: what is asked
 * for next is usually in it, and of what was appended since only that is read.
 */
export function scriptLines(path: string): ScriptLines {
  /** The part of the file that has been seen: whole lines. */
  let seen: { from: number; to: number } | undefined;
  const lines = new Map<string, number>();
  let turn: Promise<unknown> = Promise.resolve();

  const find = async (file: FileHandle, key: string): Promise<number> => {
    const { size } = await file.stat();
    if (seen && size < seen.to) {
      seen = undefined;
      lines.clear();
    }
    seen ??= { from: size, to: size };
    await readOn(file, seen, size, (text) => noteAll(text, (name, line) => lines.set(name, line)));
    while (!lines.has(key) && seen.from > 0) {
      const earlier = new Map<string, number>();
      await readBack(file, seen, (text) => noteAll(text, (name, line) => earlier.set(name, line)));
      for (const [name, line] of earlier) if (!lines.has(name)) lines.set(name, line);
    }
    return lines.get(key) ?? 0;
  };
  return {
    last(guest, script) {
      const answer = turn.then(async () => {
        const file = await openIfThere(path);
        if (!file) return 0;
        try {
          return await find(file, keyOf(guest, script));
        } finally {
          await file.close();
        }
      });
      turn = answer.catch(() => undefined);
      return answer;
    },
  };
}

/** Takes in the whole lines after the part that was seen. */
async function readOn(
  file: FileHandle,
  seen: { to: number },
  size: number,
  take: (text: Buffer) => void,
): Promise<void> {
  let rest: Buffer = Buffer.alloc(0);
  for (let at = seen.to; at < size; at += chunkSize) {
    const text = Buffer.concat([rest, await bytesAt(file, at, Math.min(size, at + chunkSize))]);
    const end = text.lastIndexOf(newline) + 1;
    take(text.subarray(0, end));
    seen.to += end;
    rest = text.subarray(end);
  }
}

/** Takes in the whole lines before the part that was seen, a chunk of them, or one line that is longer. */
async function readBack(
  file: FileHandle,
  seen: { from: number; to: number },
  take: (text: Buffer) => void,
): Promise<void> {
  for (let length = chunkSize; ; length *= 2) {
    const start = Math.max(0, seen.from - length);
    const text = await bytesAt(file, start, seen.from);
    // At the end of the file a line may stand without its newline: it is not there yet.
    const end = text.lastIndexOf(newline) + 1;
    const begin = start === 0 ? 0 : text.indexOf(newline) + 1;
    if (begin < end || start === 0) {
      take(text.subarray(begin, end));
      if (seen.from === seen.to) seen.to = start + end;
      seen.from = start + begin;
      return;
    }
  }
}

function noteAll(text: Buffer, note: (key: string, line: number) => void): void {
  for (let at = text.indexOf(wanted); at >= 0;) {
    const end = text.indexOf(newline, at);
    const start = text.lastIndexOf(newline, at) + 1;
    const event = parsed(text.toString('utf8', start, end));
    const { script, line } = event?.data ?? {};
    if (event?.code === 'script-output' && typeof script === 'string') note(keyOf(event.guest, script), Number(line));
    at = text.indexOf(wanted, end);
  }
}

/** A damaged line is nobody's. */
function parsed(line: string): RunEvent | undefined {
  try {
    return JSON.parse(line) as RunEvent;
  } catch {
    return undefined;
  }
}

function keyOf(guest: string | undefined, script: string): string {
  return `${guest ?? ''}\0${script}`;
}

async function bytesAt(file: FileHandle, from: number, to: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(to - from), 0, to - from, from);
  return buffer.subarray(0, bytesRead);
}

async function openIfThere(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, 'r');
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined;
    throw error;
  }
}
