import { readFile } from 'node:fs/promises';
import { Failure } from '../../model/failure.ts';

/** Text of a file the user named. Throws Failure that says what to do. */
export async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const missing = code === 'ENOENT' || code === 'ENOTDIR';
    throw new Failure(
      {
        code: missing ? 'file-missing' : 'file-unreadable',
        class: 'permanent',
        message: missing ? `there is no file ${path}` : `${path} cannot be read: ${code ?? String(cause)}`,
        object: path,
        hint: missing
          ? 'change to the folder of the project, or name the file with --input or --hosts'
          : 'check its rights',
      },
      { cause },
    );
  }
}
