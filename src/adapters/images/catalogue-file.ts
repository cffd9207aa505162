import { load } from 'js-yaml';
import * as z from 'zod';
import { Failure } from '../../model/failure.ts';

const sha256 = z
  .string()
  .regex(/^[0-9a-fA-F]{64}$/, 'a SHA-256 has 64 hexadecimal digits')
  .transform((text) => text.toLowerCase());
const format = z.enum(['qcow2', 'raw']);
const entry = z.union([
  z.strictObject({ file: z.string(), format: format.optional(), sha256: sha256.optional() }),
  z.strictObject({ url: z.url({ protocol: /^https?$/ }), format: format.optional(), sha256: sha256.optional() }),
]);
const catalogue = z.strictObject({ images: z.record(z.string(), entry) });

/** Where an image comes from. */
export type CatalogueEntry = z.infer<typeof entry>;

/** The entries of a user's catalogue. Throws Failure `image-missing` with what is wrong. */
export function readCatalogueFile(text: string, path: string): Record<string, CatalogueEntry> {
  const wrong = (why: string, cause: unknown): Failure => {
    const hint =
      'an entry is NAME: { file: PATH } or NAME: { url: URL, sha256: HEX }, with format: qcow2 or raw if wanted';
    const message = `the image catalogue ${path} is wrong: ${why}`;
    return new Failure({ code: 'image-missing', class: 'permanent', message, object: path, hint }, { cause });
  };
  let document: unknown;
  try {
    document = load(text);
  } catch (error) {
    throw wrong((error as Error).message.split('\n')[0]!, error);
  }
  const result = catalogue.safeParse(document ?? { images: {} });
  if (result.success) return result.data.images;
  const [issue] = result.error.issues;
  throw wrong(`${issue!.path.join('.')}: ${issue!.message}`, result.error);
}
