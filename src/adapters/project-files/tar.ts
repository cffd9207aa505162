import { createReadStream } from 'node:fs';
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

/** The archive's bytes: the same tree always gives the same ones, whoever owns it and whenever it was made. */
export async function* tarOf(entries: readonly TarEntry[]): AsyncGenerator<Buffer> {
  for (const entry of entries) {
    yield* headersOf(entry);
    if (entry.type === 'file') yield* contentOf(entry);
  }
  yield Buffer.alloc(1024);
}

async function* contentOf({ path, size }: TarEntry): AsyncGenerator<Buffer> {
  if (size === 0) return;
  let left = size;
  for await (const chunk of createReadStream(path, { end: size - 1 })) {
    left -= (chunk as Buffer).length;
    yield chunk as Buffer;
  }
  if (left !== 0)
    throw new Failure({
      code: 'file-unreadable',
      class: 'transient',
      message: `${path} changed while it was read`,
      object: path,
    });
  yield padding(size);
}

function* headersOf(entry: TarEntry): Generator<Buffer> {
  const name = entry.type === 'folder' ? `${entry.name}/` : entry.name;
  const long = {
    ...(tooLong(name) ? { path: name } : {}),
    ...(tooLong(entry.target) ? { linkpath: entry.target } : {}),
  };
  const records = Object.entries(long)
    .map(([key, value]) => paxRecord(key, value))
    .join('');
  if (records !== '') {
    const data = Buffer.from(records);
    yield header('pax', 'x', 0o644, data.length, '');
    yield data;
    yield padding(data.length);
  }
  const type = { file: '0', link: '2', folder: '5' }[entry.type];
  // What a link points to matters, its mode is noise that differs between file systems.
  yield header(name, type, entry.type === 'link' ? 0o777 : entry.mode, entry.size, entry.target);
}

function tooLong(text: string): boolean {
  return Buffer.byteLength(text) > 100;
}

function header(name: string, type: string, mode: number, size: number, target: string): Buffer {
  const block = Buffer.alloc(512);
  const octal = (value: number, at: number, length: number): void => {
    block.write(`${value.toString(8).padStart(length - 1, '0')}\0`, at, length, 'latin1');
  };
  block.write(name, 0, 100);
  octal(mode, 100, 8);
  octal(0, 108, 8);
  octal(0, 116, 8);
  octal(size, 124, 12);
  octal(0, 136, 12);
  block.write('        ', 148, 8, 'latin1');
  block.write(type, 156, 1, 'latin1');
  block.write(target, 157, 100);
  block.write('ustar\u000000', 257, 8, 'latin1');
  octal(
    block.reduce((sum, byte) => sum + byte, 0),
    148,
    7,
  );
  return block;
}

/** `<length> <key>=<value>\n`, where the length counts its own digits too. */
function paxRecord(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`;
  const bytes = Buffer.byteLength(rest);
  let length = bytes + String(bytes).length;
  if (bytes + String(length).length !== length) length = bytes + String(length).length;
  return `${length}${rest}`;
}

function padding(size: number): Buffer {
  return Buffer.alloc((512 - (size % 512)) % 512);
}
