import { buffer } from 'node:stream/consumers';
import { pack } from 'tar-stream';

/** A small file in an archive. */
export interface TarEntry {
  readonly name: string;
  readonly content: Buffer;
}

/** An archive of small files, readable by its owner only; large ones go to the host's cache by themselves. */
export async function tar(entries: readonly TarEntry[]): Promise<Buffer> {
  const archive = pack();
  for (const { name, content } of entries) archive.entry({ name, mode: 0o600, mtime: new Date(0) }, content);
  archive.finalize();
  return buffer(archive);
}
