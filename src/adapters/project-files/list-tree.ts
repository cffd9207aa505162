import { lstat, readdir, readlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Failure } from '../../model/failure.ts';
import { isErrno } from '../store/atomic-file.ts';

/** One thing to be packed. */
export interface TarEntry {
  /** Inside the archive, relative, with `/` between parts. */
  readonly name: string;
  readonly path: string;
  readonly type: 'file' | 'folder' | 'link';
  readonly mode: number;
  readonly size: number;
  readonly target: string;
  /** Changes when the thing does; not part of the archive. */
  readonly look: string;
}

/** Everything a file or folder holds, sorted: a folder's contents lie at the top, a file under its own name. */
export async function listTree(root: string): Promise<readonly TarEntry[] | undefined> {
  const observed = await lstat(root).catch((error: unknown) => {
    if (isErrno(error, 'ENOENT', 'ENOTDIR', 'EACCES')) return undefined;
    throw error;
  });
  if (!observed) return undefined;
  const isFolder =
    observed.isDirectory() || (observed.isSymbolicLink() && (await readdir(root).catch(() => undefined)) !== undefined);
  return isFolder ? listFolder(root, '') : [await entryOf(root, basename(root))];
}

async function listFolder(path: string, prefix: string): Promise<TarEntry[]> {
  const names = (await readdir(path)).sort();
  const entries = await Promise.all(
    names.map(async (name) => {
      const entry = await entryOf(join(path, name), `${prefix}${name}`);
      return entry.type === 'folder' ? [entry, ...(await listFolder(entry.path, `${prefix}${name}/`))] : [entry];
    }),
  );
  return entries.flat();
}

async function entryOf(path: string, name: string): Promise<TarEntry> {
  const observed = await lstat(path, { bigint: true });
  const type = observed.isFile()
    ? 'file'
    : observed.isDirectory()
      ? 'folder'
      : observed.isSymbolicLink()
        ? 'link'
        : undefined;
  if (type === undefined) {
    const hint = 'remove it from the folder: only files, folders and symbolic links can be packed';
    throw new Failure({
      code: 'file-unreadable',
      class: 'permanent',
      message: `${path} is no file`,
      object: path,
      hint,
    });
  }
  return {
    name,
    path,
    type,
    mode: Number(observed.mode & 0o777n),
    size: type === 'file' ? Number(observed.size) : 0,
    target: type === 'link' ? await readlink(path) : '',
    look: `${observed.size} ${observed.mtimeNs} ${observed.ino}`,
  };
}
