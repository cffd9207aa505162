import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Failure } from '../../model/failure.ts';
import { hashFile } from '../project-files/hash-cache.ts';
import { unreadable } from './probe.ts';

/** Fetches a file; goes on where an earlier attempt stopped, and gives it its name only when the checksum is right. */
export async function download(url: string, sha256: string, path: string, signal: AbortSignal): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const partial = `${path}.part`;
  await fetchRest(url, partial, signal);
  const found = await hashFile(partial, signal);
  if (found === sha256) return rename(partial, path);
  await rm(partial, { force: true });
  throw unreadable(
    url,
    `has SHA-256 ${found}, not ${sha256}`,
    'check the checksum in the image catalogue, then try again',
  );
}

async function fetchRest(url: string, partial: string, signal: AbortSignal): Promise<void> {
  const have = (await stat(partial).catch(() => undefined))?.size ?? 0;
  try {
    const response = await fetch(url, {
      headers: have > 0 ? { range: `bytes=${have}-` } : {},
      signal,
    });
    // 416: there is no more than we have; the checksum decides whether it is the right thing.
    if (response.status === 416) return await response.body?.cancel();
    if (!response.ok || !response.body)
      throw new Error(`the server answered ${response.status} ${response.statusText}`);
    const flags = response.status === 206 ? 'a' : 'w';
    const body = Readable.fromWeb(response.body);
    await pipeline(body, createWriteStream(partial, { flags, mode: 0o600 }));
  } catch (cause) {
    signal.throwIfAborted();
    const reason =
      cause instanceof Error ? ((cause.cause as Error | undefined)?.message ?? cause.message) : String(cause);
    const hint = 'check the network, or give the image as a file in the catalogue';
    throw new Failure(
      { code: 'image-missing', class: 'transient', message: `${url} cannot be fetched: ${reason}`, object: url, hint },
      { cause },
    );
  }
}
