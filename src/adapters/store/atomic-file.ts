import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** True for an error of the file system with this code. */
export function isErrno(error: unknown, ...codes: string[]): boolean {
  return codes.includes((error as NodeJS.ErrnoException | undefined)?.code ?? '');
}

/** A name beside the final one that no reader takes for it. */
export function temporaryName(path: string): string {
  return join(dirname(path), `.new-${process.pid}-${randomBytes(6).toString('hex')}`);
}

/** Writes so that readers see the old text or the new, and a power cut leaves one of them. */
export async function writeAtomically(path: string, data: string | Buffer, mode = 0o600): Promise<void> {
  const temporary = await writeBeside(path, data, mode);
  try {
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Writes only where nothing is yet; false when somebody was first. Whoever is first wins, in any process. */
export async function writeOnce(path: string, data: string | Buffer, mode = 0o600): Promise<boolean> {
  const temporary = await writeBeside(path, data, mode);
  try {
    await link(temporary, path);
    return true;
  } catch (error) {
    if (isErrno(error, 'EEXIST')) return false;
    throw error;
  } finally {
    await rm(temporary, { force: true });
  }
}

async function writeBeside(path: string, data: string | Buffer, mode: number): Promise<string> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const temporary = temporaryName(path);
  await writeNew(temporary, data, mode);
  return temporary;
}

/** Writes a file that must not be there yet, and that a power cut will not take away again. */
async function writeNew(path: string, data: string | Buffer, mode: number): Promise<void> {
  const file = await open(path, 'wx', mode);
  try {
    await file.writeFile(data);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** A file's text, or undefined when there is none. */
export async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR')) return undefined;
    throw error;
  }
}
