import type { FilesOp } from '../../../model/transport/files.ts';
import type { CarrierItem } from '../../../ports/carrier.ts';
import type { Secrets } from '../../../ports/store.ts';
import { manifestLine } from '../../host/manifest.ts';
import { expandPlaceholders } from './placeholders.ts';
import { tar, type TarEntry } from '../tar.ts';

/** Everything the script needs beside its words: manifest records and the seeds' texts, by the items' positions. */
export async function payloadOf(items: readonly CarrierItem<FilesOp>[], secrets: Secrets): Promise<Buffer> {
  const entries = await Promise.all(items.map((item, index) => entriesOf(item, index, secrets)));
  // The last entry proves that the archive came whole.
  return tar([...entries.flat(), { name: 'end', content: Buffer.alloc(0) }]);
}

async function entriesOf({ op }: CarrierItem<FilesOp>, index: number, secrets: Secrets): Promise<TarEntry[]> {
  if (op.do === 'remove') return [];
  const record = { name: `record.${index}`, content: Buffer.from(`${manifestLine(op.record)}\n`) };
  if (op.make.type !== 'seed') return [record];
  const texts = op.make.files.flatMap((file) => ('text' in file ? [file] : []));
  const files = texts.map(async ({ name, text }) => ({
    name: `seed.${index}/${name}`,
    content: Buffer.from(await expandPlaceholders(text, secrets)),
  }));
  return [record, ...(await Promise.all(files))];
}
