import { dirname, resolve } from 'node:path';
import { load } from 'js-yaml';
import { z } from 'zod';
import { Failure } from '../../model/failure.ts';
import { readIfThere } from '../store/atomic-file.ts';

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

const ubuntu = 'https://cloud-images.ubuntu.com';

/**
 * What is known without a catalogue of the user's. An image whose publisher replaces it under the same address has no
 * checksum here: the user says in the catalogue which one is meant.
 */
const builtIn: Readonly<Record<string, CatalogueEntry>> = {
  cirros_0_6_2: {
    url: 'https://download.cirros-cloud.net/0.6.2/cirros-0.6.2-x86_64-disk.img',
    sha256: '07e44a73e54c94d988028515403c1ed762055e01b83a767edf3c2b387f78ce00',
    format: 'qcow2',
  },
  ubuntu_18_04: { url: `${ubuntu}/bionic/current/bionic-server-cloudimg-amd64.img`, format: 'qcow2' },
  ubuntu_20_04: { url: `${ubuntu}/focal/current/focal-server-cloudimg-amd64.img`, format: 'qcow2' },
  ubuntu_22_04: { url: `${ubuntu}/jammy/current/jammy-server-cloudimg-amd64.img`, format: 'qcow2' },
};

/** Reads the user's catalogue over the built-in one; its relative files are meant from its own folder. */
export async function readCatalogue(path: string | undefined): Promise<ReadonlyMap<string, CatalogueEntry>> {
  const text = path === undefined ? undefined : await readIfThere(path);
  const users = path === undefined || text === undefined ? {} : parse(text, path);
  return new Map(Object.entries({ ...builtIn, ...users }));
}

function parse(text: string, path: string): Record<string, CatalogueEntry> {
  const images = check(text, path);
  const folder = dirname(path);
  return Object.fromEntries(
    Object.entries(images).map(([name, each]) => [
      name,
      'file' in each ? { ...each, file: resolve(folder, each.file) } : each,
    ]),
  );
}

function check(text: string, path: string): Record<string, CatalogueEntry> {
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
