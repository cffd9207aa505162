import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { pack, type Pack } from 'tar-stream';
import { Failure } from '../../model/failure.ts';
import type { TarEntry } from './list-tree.ts';

/** A header of the archive, and how many bytes follow it. */
interface Header {
  readonly name: string;
  readonly type: '0' | '2' | '5' | 'x';
  readonly mode: number;
  readonly size: number;
  readonly target: string;
}

/**
 * The archive's bytes: the same tree always gives the same ones, whoever owns it and whenever it was made. Their hash
 * is part of a guest's seed, so they are those of the first release: each header is written over in its form.
 */
export async function* tarOf(entries: readonly TarEntry[]): AsyncGenerator<Buffer> {
  const archive = pack();
  const headers: Header[] = [];
  const filled = fill(archive, entries, headers).catch((error: Error) => {
    archive.destroy(error);
  });
  let left = 0;
  for await (const chunk of archive as AsyncIterable<Buffer>) {
    const header = left === 0 ? headers.shift() : undefined;
    // The packer never puts a header and what follows it into one chunk.
    if (header) rewrite(chunk, header);
    left = header ? Math.ceil(header.size / 512) * 512 : left - chunk.length;
    yield chunk;
  }
  await filled;
}

async function fill(archive: Pack, entries: readonly TarEntry[], headers: Header[]): Promise<void> {
  const add = async (header: Header, content: Iterable<Buffer> | AsyncIterable<Buffer>): Promise<void> => {
    headers.push(header);
    // All as plain files of a short name: what a header really says is written over it.
    await pipeline(content, archive.entry({ name: 'entry', size: header.size, mtime: new Date(0) }));
  };
  for (const { type, path, mode, size, target, ...entry } of entries) {
    const name = type === 'folder' ? `${entry.name}/` : entry.name;
    const records = Buffer.from(paxRecords(name, target));
    if (records.length > 0) {
      await add({ name: 'pax', type: 'x', mode: 0o644, size: records.length, target: '' }, [records]);
    }
    const flag = ({ file: '0', link: '2', folder: '5' } as const)[type];
    // What a link points to matters, its mode is noise that differs between file systems.
    const header = { name, type: flag, mode: type === 'link' ? 0o777 : mode, size, target };
    await add(header, size === 0 ? [] : contentOf(path, size));
  }
  archive.finalize();
}

async function* contentOf(path: string, size: number): AsyncGenerator<Buffer> {
  let left = size;
  for await (const chunk of createReadStream(path, { end: size - 1 })) {
    left -= (chunk as Buffer).length;
    yield chunk as Buffer;
  }
  if (left === 0) return;
  const message = `${path} changed while it was read`;
  throw new Failure({ code: 'file-unreadable', class: 'transient', message, object: path });
}

/** Names and targets that are too long for a header stand before it. */
function paxRecords(name: string, target: string): string {
  const long = { path: name, linkpath: target };
  return Object.entries(long)
    .filter(([, text]) => Buffer.byteLength(text) > 100)
    .map(([key, text]) => paxRecord(key, text))
    .join('');
}

/** `<length> <key>=<value>\n`, where the length counts its own digits too. */
function paxRecord(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`;
  const bytes = Buffer.byteLength(rest);
  let length = bytes + String(bytes).length;
  if (bytes + String(length).length !== length) length = bytes + String(length).length;
  return `${length}${rest}`;
}

/** Numbers end with a NUL, names are UTF-8 as they are, and there are no device numbers. */
function rewrite(block: Buffer, { name, type, mode, size, target }: Header): void {
  const octal = (value: number, at: number, length: number): void => {
    const digits = value.toString(8).padStart(length - 1, '0');
    // The packer has its own form for more than eight gigabytes.
    if (digits.length < length) block.write(`${digits}\0`, at, 'latin1');
  };
  block.fill(0, 0, 100).write(name, 0, 100);
  octal(mode, 100, 8);
  octal(0, 108, 8);
  octal(0, 116, 8);
  octal(size, 124, 12);
  octal(0, 136, 12);
  block.write(`        ${type}`, 148, 'latin1');
  block.write(target, 157, 100);
  block.fill(0, 265);
  const sum = block.reduce((total, byte) => total + byte, 0);
  octal(sum, 148, 7);
}
