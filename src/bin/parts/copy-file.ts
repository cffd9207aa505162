import { copyFile as copy } from 'node:fs/promises';
import { Failure } from '../../model/failure.ts';

/** Copies a file of the server to where the user wants it. */
export async function copyFile(from: string, to: string): Promise<void> {
  try {
    await copy(from, to);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const message = `${from} cannot be copied to ${to}: ${code ?? String(cause)}`;
    const hint = 'choose another place with --output';
    throw new Failure({ code: 'file-unreadable', class: 'permanent', message, object: to, hint }, { cause });
  }
}
