import { chown, mkdir, rm, rmdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isErrno, writeAtomically } from '../store/atomic-file.ts';

/** Writes a file of the project, and folders on the way to it, for whoever owns the folder it comes into. */
export async function writeOwned(path: string, text: string): Promise<void> {
  const folder = await makeOwned(dirname(path));
  // The project's files belong to people, who read them.
  await writeAtomically(path, text, 0o644);
  await giveTo(path, folder);
}

/** Removes a file, and its folder when that is empty then. */
export async function removeOwned(path: string): Promise<void> {
  await rm(path, { force: true });
  try {
    await rmdir(dirname(path));
  } catch (error) {
    if (!isErrno(error, 'ENOTEMPTY', 'EEXIST', 'ENOENT', 'EBUSY', 'EACCES', 'EPERM')) throw error;
  }
}

interface Owner {
  readonly uid: number;
  readonly gid: number;
}

async function makeOwned(folder: string): Promise<Owner> {
  const there = await stat(folder).catch((error: unknown) => {
    if (isErrno(error, 'ENOENT')) return undefined;
    throw error;
  });
  if (there) return there;
  const owner = await makeOwned(dirname(folder));
  await mkdir(folder, { recursive: true, mode: 0o755 });
  await giveTo(folder, owner);
  return owner;
}

/** Only root may give files away; anybody else writes their own. */
async function giveTo(path: string, { uid, gid }: Owner): Promise<void> {
  if (process.getuid?.() === 0) await chown(path, uid, gid);
}
