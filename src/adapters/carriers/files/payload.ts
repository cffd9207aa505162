import { readFile } from 'node:fs/promises';

import { Failure } from '../../../model/failure.ts';
import type { SeedFile } from '../../../model/resources.ts';
import type { FilesOp } from '../../../model/transport/files.ts';
import type { CarrierItem } from '../../../ports/carrier.ts';
import type { Secrets } from '../../../ports/store.ts';
import { manifestLine } from '../../host/manifest.ts';
import { expandPlaceholders } from './placeholders.ts';
import { tar, type TarEntry } from './tar.ts';

/** Everything the script needs beside its words: manifest records and the seeds' files, by the items' positions. */
export async function payloadOf(items: readonly CarrierItem<FilesOp>[], secrets: Secrets): Promise<Buffer> {
  const entries = await Promise.all(items.map((item, index) => entriesOf(item, index, secrets)));
  // The last entry proves that the archive came whole.
  return tar([...entries.flat(), { name: 'end', content: Buffer.alloc(0) }]);
}

async function entriesOf({ op }: CarrierItem<FilesOp>, index: number, secrets: Secrets): Promise<TarEntry[]> {
  if (op.do === 'remove') return [];
  const record = { name: `record.${index}`, content: Buffer.from(`${manifestLine(op.record)}\n`) };
  if (op.make.type !== 'seed') return [record];
  const files = op.make.files.map(async (file) => ({
    name: `seed.${index}/${file.name}`,
    content: await contentOf(file, secrets),
  }));
  return [record, ...(await Promise.all(files))];
}

async function contentOf(file: SeedFile, secrets: Secrets): Promise<Buffer> {
  if ('text' in file) return Buffer.from(await expandPlaceholders(file.text, secrets));
  try {
    return await readFile(file.blob.source);
  } catch (error) {
    const message = `${file.blob.source} cannot be read: ${(error as Error).message}`;
    throw new Failure({ code: 'file-unreadable', class: 'permanent', message, object: file.name }, { cause: error });
  }
}
