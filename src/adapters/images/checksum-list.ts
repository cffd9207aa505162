import type { Checksum } from '../../model/image.ts';

const gnu = /^\\?([0-9a-f]{64}|[0-9a-f]{128}) [ *](?:\.\/)?(.+)$/i;
const bsd = /^(SHA256|SHA512) \((?:\.\/)?(.+)\) = ([0-9a-f]+)$/i;
const digits = { sha256: 64, sha512: 128 } as const;

/**
 * What a publisher's list says of a file, in any of the usual forms: `HASH  name`, `HASH *name` and
 * `SHA256 (name) = HASH`. Other lines, such as a signature around the list, say nothing. Several different hashes of
 * one kind come back as several.
 */
export function checksumsIn(list: string, file: string): readonly Checksum[] {
  const found = new Map<string, Checksum>();
  for (const line of list.split(/\r?\n/)) {
    const checksum = checksumOf(line, file);
    if (checksum) found.set(`${checksum.algorithm} ${checksum.hex}`, checksum);
  }
  const all = [...found.values()];
  // Where a list gives both kinds the longer one is as good as both.
  const longer = all.filter(({ algorithm }) => algorithm === 'sha512');
  return longer.length > 0 ? longer : all;
}

function checksumOf(line: string, file: string): Checksum | undefined {
  const [, hash, gnuName] = gnu.exec(line) ?? [];
  if (hash !== undefined && gnuName === file) {
    return { algorithm: hash.length === digits.sha256 ? 'sha256' : 'sha512', hex: hash.toLowerCase() };
  }
  const [, word, bsdName, value] = bsd.exec(line) ?? [];
  if (word === undefined || value === undefined || bsdName !== file) return undefined;
  const algorithm = word.toLowerCase() as Checksum['algorithm'];
  return value.length === digits[algorithm] ? { algorithm, hex: value.toLowerCase() } : undefined;
}
