import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync, linkSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../model/failure.ts';

/** Files of a server's home that several programs use. */
export interface Home {
  readonly folder: string;
  readonly installation: string;
  /** What a client shows to the gateway. */
  readonly token: string;
  /** Signs Temporal payloads. */
  readonly codecKey: Buffer;
}

const folders = ['logs', 'events', 'secrets', 'cache'];

/** Makes what is missing of a home, and reads its keys. Running it twice, or twice at once, is harmless. */
export function openHome(folder: string): Home {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    chmodSync(folder, 0o700);
    for (const name of folders) mkdirSync(join(folder, name), { recursive: true, mode: 0o700 });
    return {
      folder,
      installation: keep(join(folder, 'installation'), () => randomBytes(4).toString('hex')),
      token: keep(join(folder, 'token'), () => randomBytes(32).toString('hex')),
      codecKey: Buffer.from(
        keep(join(folder, 'codec-key'), () => randomBytes(32).toString('hex')),
        'hex',
      ),
    };
  } catch (error) {
    throw notAllowed(folder, error);
  }
}

/** The token, for a client; undefined while there is no server yet. Throws Failure when it may not be read. */
export function readToken(folder: string): string | undefined {
  try {
    return readFileSync(join(folder, 'token'), 'utf8').trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw notAllowed(folder, error);
  }
}

function notAllowed(folder: string, cause: unknown): unknown {
  const { code } = cause as NodeJS.ErrnoException;
  if (code === undefined || !['EACCES', 'EPERM', 'EROFS', 'ENOTDIR'].includes(code)) return cause;
  const message = `the server's home ${folder} cannot be used: ${code}`;
  const hint = 'run as root (sudo), or set KVM_COMPOSE_HOME to a folder of your own';
  return new Failure({ code: 'home-rights', class: 'permanent', message, object: folder, hint }, { cause });
}

/** The file's text; made on first use, whole or not at all, by whoever is first. */
function keep(path: string, make: () => string): string {
  for (;;) {
    try {
      return readFileSync(path, 'utf8').trim();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
    const aside = `${path}.${process.pid}`;
    writeFileSync(aside, `${make()}\n`, { mode: 0o600 });
    try {
      linkSync(aside, path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    } finally {
      rmSync(aside, { force: true });
    }
  }
}

/** Writes a file of the home so that readers see the old text or the new. */
export function replaceFile(path: string, text: string): void {
  const aside = `${path}.${process.pid}`;
  writeFileSync(aside, text, { mode: 0o600 });
  renameSync(aside, path);
}
