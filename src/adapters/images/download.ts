import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { Failure } from '../../model/failure.ts';
import type { Checksum } from '../../model/image.ts';
import type { PullProgress } from '../../ports/project.ts';
import { httpGet, type HttpOptions } from './http-get.ts';

/** A file to be fetched. */
export interface Download {
  readonly url: string;
  readonly checksum: Checksum;
  /** Where the checksum stands, and what to do when the file has another one. */
  readonly origin: { readonly what: string; readonly code: string; readonly hint: string };
  readonly path: string;
}

const tellEveryMs = 5000;

/** Fetches a file; goes on where an earlier attempt stopped, and gives it its name only when the checksum is right. */
export async function download(
  wanted: Download,
  signal: AbortSignal,
  tell: (progress: PullProgress) => void,
  options: HttpOptions,
): Promise<void> {
  const { url, checksum, origin, path } = wanted;
  const partial = `${path}.part`;
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  for (;;) {
    const wasResumed = await fetchRest(url, partial, signal, tell, options);
    const found = await hashOf(partial, checksum.algorithm);
    if (found === checksum.hex) return rename(partial, path);
    await rm(partial, { force: true });
    // The publisher may have replaced the file between two attempts: two halves of two files say nothing of either.
    if (wasResumed) continue;
    const { what, code, hint } = origin;
    const kind = checksum.algorithm === 'sha256' ? 'SHA-256' : 'SHA-512';
    const message = `what came from ${url} has ${kind} ${found}, not ${checksum.hex} as ${what} says`;
    throw new Failure({ code, class: 'permanent', message, object: url, hint });
  }
}

/** The hash of a file, in hexadecimal. */
export async function hashOf(path: string, algorithm: Checksum['algorithm']): Promise<string> {
  const hash = createHash(algorithm);
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 })) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

/** True when something of an earlier attempt was there. */
async function fetchRest(
  url: string,
  partial: string,
  signal: AbortSignal,
  tell: (progress: PullProgress) => void,
  options: HttpOptions,
): Promise<boolean> {
  const have = (await stat(partial).catch(() => undefined))?.size ?? 0;
  try {
    const headers: Record<string, string> = have > 0 ? { range: `bytes=${have}-` } : {};
    const response = await httpGet(url, { headers, signal }, options);
    const { statusCode: status = 0 } = response;
    // 416: there is no more than we have; the checksum decides whether it is the right thing.
    if (have > 0 && status === 416) {
      response.destroy();
      return true;
    }
    if (status !== 200 && status !== 206) {
      response.destroy();
      throw refusedBy(url, status);
    }
    const before = status === 206 ? have : 0;
    const rest = Number(response.headers['content-length'] ?? Number.NaN);
    const report = progressOf(before, Number.isNaN(rest) ? undefined : before + rest, tell);
    const watched = async function* (body: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
      for await (const chunk of body) {
        report(chunk.length);
        yield chunk;
      }
    };
    const file = createWriteStream(partial, { flags: before > 0 ? 'a' : 'w', mode: 0o600 });
    await pipeline(response, watched, file, { signal });
    return before > 0;
  } catch (cause) {
    signal.throwIfAborted();
    throw cannotFetch(url, cause);
  }
}

function progressOf(
  before: number,
  size: number | undefined,
  tell: (progress: PullProgress) => void,
): (bytes: number) => void {
  let received = before;
  let told = Date.now();
  return (bytes) => {
    received += bytes;
    const now = Date.now();
    if (now - told < tellEveryMs) return;
    told = now;
    tell({ received, ...(size === undefined ? {} : { size }) });
  };
}

/** What a server answers that has not got it; trying again helps only where the server says it is busy. */
export function refusedBy(url: string, status: number): Failure {
  const passes = status >= 500 || status === 408 || status === 429;
  const hint = passes ? 'try again later' : 'the publisher may have moved it: give another address in the catalogue';
  const message = `${url} cannot be fetched: the server answered ${status}`;
  return new Failure({
    code: 'image-missing',
    class: passes ? 'transient' : 'permanent',
    message,
    object: url,
    hint,
  });
}

/** The failure of fetching something, by what went wrong. */
export function cannotFetch(url: string, cause: unknown): Failure {
  if (cause instanceof Failure) return cause;
  const reason = cause instanceof Error ? cause.message : String(cause);
  const hint = 'check the network, or give the image as a file in the catalogue';
  return new Failure(
    { code: 'image-missing', class: 'transient', message: `${url} cannot be fetched: ${reason}`, object: url, hint },
    { cause },
  );
}
