import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { Failure } from '../../model/failure.ts';
import type { Blob } from '../../model/resources.ts';
import type { ProjectFiles } from '../../ports/project.ts';
import { sharedWork, type SharedWork } from '../shared-work.ts';
import { isErrno, readIfThere, temporaryName, writeAtomically } from '../store/atomic-file.ts';
import { hashCache, hashFile } from './hash-cache.ts';
import { listTree, type TarEntry } from './list-tree.ts';
import { removeOwned, writeOwned } from './owned-write.ts';
import { tarOf } from './tar.ts';

/** The project's files on the server's machine; archives and hashes lie in the cache folder. */
export function createProjectFiles({ cacheFolder }: { readonly cacheFolder: string }): ProjectFiles {
  const hashes = hashCache(cacheFolder);
  const packing = sharedWork<Blob>();
  return {
    readText,
    blob: (path, signal) => hashes.blob(path, signal),
    archive: (path, signal) => archive(path, join(cacheFolder, 'archives'), packing, signal),
    writeText: writeOwned,
    remove: removeOwned,
  };
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    const missing = isErrno(cause, 'ENOENT', 'ENOTDIR');
    throw new Failure(
      {
        code: missing ? 'file-missing' : 'file-unreadable',
        class: 'permanent',
        message: missing ? `${path} is not there` : `${path} cannot be read: ${(cause as Error).message}`,
        object: path,
        hint: missing ? 'check the path, or give another with -f' : "check the file's rights: the server reads it",
      },
      { cause },
    );
  }
}

/** Packed again only when something in the tree looks different; the name of the archive is its own hash. */
async function archive(
  path: string,
  folder: string,
  packing: SharedWork<Blob>,
  signal: AbortSignal | undefined,
): Promise<Blob | undefined> {
  const entries = await listTree(path);
  if (!entries) return undefined;
  const note = join(folder, `${lookOf(path, entries)}.sha256`);
  const known = (await readIfThere(note))?.trim();
  const blob = known === undefined ? undefined : await blobAt(folder, known);
  if (blob) return blob;
  const packAndNote = async (stop: AbortSignal): Promise<Blob> => {
    const made = await pack(entries, folder, stop);
    await writeAtomically(note, `${made.sha256}\n`);
    return made;
  };
  return packing.run(note, packAndNote, signal);
}

async function pack(entries: readonly TarEntry[], folder: string, signal: AbortSignal): Promise<Blob> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const temporary = temporaryName(join(folder, 'archive'));
  try {
    // Node writes no time into gzip's header, so equal trees give equal files.
    await pipeline(
      Readable.from(tarOf(entries)),
      createGzip({ level: 6 }),
      createWriteStream(temporary, { mode: 0o600 }),
      { signal },
    );
    const sha256 = await hashFile(temporary, signal);
    await rename(temporary, join(folder, `${sha256}.tar.gz`));
    return (await blobAt(folder, sha256))!;
  } finally {
    await rm(temporary, { force: true });
  }
}

async function blobAt(folder: string, sha256: string): Promise<Blob | undefined> {
  const source = join(folder, `${sha256}.tar.gz`);
  const observed = await stat(source).catch(() => undefined);
  return observed && { sha256, size: observed.size, source };
}

function lookOf(path: string, entries: readonly TarEntry[]): string {
  const hash = createHash('sha256').update(path);
  for (const { name, mode, target, look } of entries) hash.update(`\0${name}\0${mode}\0${target}\0${look}`);
  return hash.digest('hex').slice(0, 32);
}
