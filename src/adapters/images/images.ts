import { join } from 'node:path';
import { Failure } from '../../model/failure.ts';
import type { ImageFile, Images } from '../../ports/project.ts';
import { type HashCache, hashCache } from '../project-files/hash-cache.ts';
import { sharedWork } from '../shared-work.ts';
import { readCatalogue } from './catalogue.ts';
import type { CatalogueEntry } from './catalogue-file.ts';
import { download } from './download.ts';
import { probeFormat, unreadable } from './probe.ts';

/** Where images are kept and which catalogue of the user's extends the built-in one. */
export interface ImagesOptions {
  readonly cacheFolder: string;
  readonly catalogueFile: string | undefined;
}

/** Base images by name and disks by path, verified. The catalogue is read each time, so an edit counts at once. */
export function createImages({ cacheFolder, catalogueFile }: ImagesOptions): Images {
  const hashes = hashCache(cacheFolder);
  const fetching = sharedWork<void>();

  const fetched = async (
    name: string,
    entry: Extract<CatalogueEntry, { url: string }>,
    signal?: AbortSignal,
  ): Promise<string> => {
    const { url, sha256 } = entry;
    if (sha256 === undefined) throw unpinned(name, url, catalogueFile);
    const path = join(cacheFolder, 'images', sha256);
    // One download of a file at a time, for all runs that wait for it.
    if ((await probeFormat(path)) === undefined) {
      await fetching.join(path, (stop) => download(url, sha256, path, stop), signal);
    }
    return path;
  };
  return {
    names: async () => [...(await readCatalogue(catalogueFile)).keys()].sort(),
    async resolve(name, signal) {
      const entry = (await readCatalogue(catalogueFile)).get(name);
      if (!entry) return undefined;
      const path = 'file' in entry ? entry.file : await fetched(name, entry, signal);
      const image = await imageAt(path, name, hashes, signal);
      if (!image) throw missing(name, path);
      return checked(image, entry);
    },
    existing: (path, signal) => imageAt(path, path, hashes, signal),
  };
}

async function imageAt(
  path: string,
  name: string,
  hashes: HashCache,
  signal: AbortSignal | undefined,
): Promise<ImageFile | undefined> {
  const format = await probeFormat(path);
  const blob = format === undefined ? undefined : await hashes.blob(path, signal);
  return format === undefined || !blob ? undefined : { ...blob, format, name };
}

function checked(image: ImageFile, { sha256, format }: CatalogueEntry): ImageFile {
  if (sha256 !== undefined && image.sha256 !== sha256) {
    throw unreadable(
      image.source,
      `has SHA-256 ${image.sha256}, not ${sha256}`,
      'check the catalogue, or remove the file',
    );
  }
  if (format !== undefined && image.format !== format) {
    throw unreadable(image.source, `is ${image.format}, not ${format}`, 'correct the format in the catalogue');
  }
  return image;
}

function missing(name: string, path: string): Failure {
  const message = `the file of image ${name} is not there: ${path}`;
  return new Failure({
    code: 'image-missing',
    class: 'permanent',
    message,
    object: name,
    hint: 'correct the image catalogue',
  });
}

function unpinned(name: string, url: string, catalogue: string | undefined): Failure {
  const where = catalogue ?? 'an image catalogue (KVM_COMPOSE_IMAGES)';
  const hint = `write into ${where}: images: { ${name}: { url: ${url}, sha256: … } } with the checksum the publisher gives, or { file: PATH }`;
  const message = `image ${name} has no checksum: its publisher replaces what is at ${url}`;
  return new Failure({ code: 'image-missing', class: 'permanent', message, object: name, hint });
}
