import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { Failure } from '../../model/failure.ts';
import type { Secrets } from '../../ports/store.ts';
import { readIfThere, writeOnce } from '../store/atomic-file.ts';

/** Key pairs as files of mode 0600 in folders of mode 0700; made once, whoever asks first, in any process. */
export function createSecrets(folder: string): Secrets {
  const path = (name: string): string => join(folder, ...partsOf(name));
  const privateKey = async (name: string): Promise<string> => {
    const known = await readIfThere(path(name));
    if (known !== undefined) return known;
    await writeOnce(path(name), newKey(name));
    return (await readIfThere(path(name))) ?? privateKey(name);
  };
  return {
    path,
    privateKey,
    publicKey: async (name) => publicHalf(await privateKey(name), path(name)),
    forget: (prefix) => rm(path(prefix), { recursive: true, force: true }),
  };
}

/** ssh2 drops a leading zero byte, so about one key in 300 comes out too short for anybody to read. */
function newKey(comment: string): string {
  for (;;) {
    const { private: text } = ssh2.utils.generateKeyPairSync('ed25519', { comment });
    if (!(ssh2.utils.parseKey(text) instanceof Error)) return text;
  }
}

function publicHalf(text: string, path: string): string {
  const key = ssh2.utils.parseKey(text);
  if (key instanceof Error || Array.isArray(key)) {
    const hint = 'remove the file: a new key is made, and guests made with the old one must be made again';
    throw new Failure({
      code: 'file-unreadable',
      class: 'permanent',
      message: `${path} is no OpenSSH key`,
      object: path,
      hint,
    });
  }
  return `${key.type} ${key.getPublicSSH().toString('base64')}`;
}

/** A name never leads out of the folder, and a prefix is a whole folder: `lab/` forgets nothing of `lab2/`. */
function partsOf(name: string): string[] {
  const parts = name.split('/').filter((part) => part !== '');
  if (parts.length === 0 || parts.some((part) => part.startsWith('.'))) throw new Error(`no name of a secret: ${name}`);
  return parts;
}
