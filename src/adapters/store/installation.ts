import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { Failure } from '../../model/failure.ts';
import { readIfThere, writeOnce } from './atomic-file.ts';

/**
 * Made once, whoever comes first; everything on the hosts is marked with it. A file of its own, so that losing the
 * database does not make strangers of them.
 */
export async function installationOf(home: string): Promise<string> {
  const path = join(home, 'installation');
  if ((await readIfThere(path)) === undefined) await writeOnce(path, `${randomBytes(4).toString('hex')}\n`);
  const id = ((await readIfThere(path)) ?? '').trim();
  if (/^[0-9a-f]{8}$/.test(id)) return id;
  throw new Failure({
    code: 'file-unreadable',
    class: 'permanent',
    message: `${path} does not hold an installation id`,
    object: path,
    hint: 'write the eight hexadecimal digits that the marks on the hosts carry into it; a new id makes them strangers',
  });
}
