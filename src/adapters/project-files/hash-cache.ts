import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Blob } from '../../model/resources.ts';
import { sharedWork } from '../shared-work.ts';
import { readIfThere, writeAtomically } from '../store/atomic-file.ts';

/** What a file looked like when it was hashed. */
interface Remembered {
  readonly path: string;
  readonly look: string;
  readonly sha256: string;
}

/** Files by content. Hashing gigabytes is done once, for as long as path, size, time and inode stay the same. */
export interface HashCache {
  /** Undefined when there is no such file; throws when it cannot be read. */
  blob(path: string, signal?: AbortSignal): Promise<Blob | undefined>;
}

/** Remembers hashes in memory and, for the next process, in the folder. */
export function hashCache(folder: string): HashCache {
  const working = sharedWork<Blob>();
  const memory = new Map<string, Remembered>();

  const recall = async (path: string): Promise<Remembered | undefined> => {
    const text = memory.has(path) ? undefined : await readIfThere(fileOf(folder, path));
    if (text !== undefined) memory.set(path, parse(text, path));
    return memory.get(path);
  };
  const find = async (path: string, size: number, look: string, signal: AbortSignal): Promise<Blob> => {
    const known = await recall(path);
    if (known?.look === look) return { sha256: known.sha256, size, source: path };
    const sha256 = await hashFile(path, signal);
    const entry: Remembered = { path, look, sha256 };
    memory.set(path, entry);
    // Only a cache: a full disk must not fail the command.
    await writeAtomically(fileOf(folder, path), JSON.stringify(entry)).catch(() => undefined);
    return { sha256, size, source: path };
  };
  return {
    async blob(path, signal) {
      const observed = await stat(path, { bigint: true }).catch(() => undefined);
      if (!observed?.isFile()) return undefined;
      const look = `${observed.size} ${observed.mtimeNs} ${observed.dev}:${observed.ino}`;
      return working.run(`${path}\0${look}`, (stop) => find(path, Number(observed.size), look, stop), signal);
    },
  };
}

function fileOf(folder: string, path: string): string {
  return join(folder, 'hashes', `${createHash('sha256').update(path).digest('hex').slice(0, 32)}.json`);
}

/** A damaged entry is the same as none. */
function parse(text: string, path: string): Remembered {
  try {
    const entry = JSON.parse(text) as Remembered;
    if (entry.path === path && /^[0-9a-f]{64}$/.test(entry.sha256)) return entry;
  } catch {
    // Falls through: hashed again.
  }
  return { path, look: '', sha256: '' };
}

/** SHA-256 of a file, in hexadecimal. */
export async function hashFile(path: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 })) {
    signal?.throwIfAborted();
    hash.update(chunk as Buffer);
  }
  return hash.digest('hex');
}
