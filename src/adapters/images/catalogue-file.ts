import { load } from 'js-yaml';
import * as z from 'zod';
import { Failure } from '../../model/failure.ts';
import { lineOfKey } from './yaml-line.ts';

const sha256 = z
  .string()
  .regex(/^[0-9a-fA-F]{64}$/, 'a SHA-256 has 64 hexadecimal digits')
  .transform((text) => text.toLowerCase());
const format = z.enum(['qcow2', 'raw']);
const url = z.url({ protocol: /^https?$/ });
const entry = z.union([
  z.strictObject({ file: z.string(), format: format.optional(), sha256: sha256.optional() }),
  z.strictObject({ url, format: format.optional(), sha256: sha256.optional() }),
  z.strictObject({ url, format: format.optional(), list: z.url({ protocol: /^https$/ }) }),
]);
// The lock file has the same names for keys, and there those leave room for YAML anchors.
const name = z.string().regex(/^(?!x-)/, 'a name cannot begin with x-');
const catalogue = z.strictObject({ images: z.record(name, entry) });

/** Where an image comes from; `at` is the place in the user's catalogue. */
export type CatalogueEntry = z.infer<typeof entry> & { readonly at?: string };

const hint =
  'an entry is NAME: { file: PATH } or NAME: { url: URL, sha256: HEX } or NAME: { url: URL, list: URL } where list is ' +
  "the https address of the publisher's SHA256SUMS or SHA512SUMS; with format: qcow2 or raw if wanted";

/** The entries of a user's catalogue. Throws Failure `image-missing` with what is wrong and where. */
export function readCatalogueFile(text: string, path: string): Record<string, CatalogueEntry> {
  const wrong = (why: string, line: number, cause: unknown): Failure => {
    const message = `the image catalogue is wrong: ${path}:${line}: ${why}`;
    return new Failure({ code: 'image-missing', class: 'permanent', message, object: path, hint }, { cause });
  };
  let document: unknown;
  try {
    document = load(text);
  } catch (error) {
    const { reason, mark } = error as { reason?: string; mark?: { line?: number } };
    throw wrong(reason ?? (error as Error).message.split('\n')[0]!, (mark?.line ?? 0) + 1, error);
  }
  const result = catalogue.safeParse(document ?? { images: {} });
  if (!result.success) {
    const [issue] = result.error.issues;
    throw wrong(`${issue!.path.join('.')}: ${issue!.message}`, lineOfKey(text, issue!.path), result.error);
  }
  return Object.fromEntries(
    Object.entries(result.data.images).map(([key, each]) => [
      key,
      { ...each, at: `${path}:${lineOfKey(text, ['images', key])}` },
    ]),
  );
}
