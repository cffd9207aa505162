import { join } from 'node:path';
import type { Checksum, ImagePin, ImageToPull } from '../../model/image.ts';
import type { ImageFile, Images, PullProgress } from '../../ports/project.ts';
import { type HashCache, hashCache } from '../project-files/hash-cache.ts';
import { readCatalogue } from './catalogue.ts';
import type { CatalogueEntry } from './catalogue-file.ts';
import { download, hashOf } from './download.ts';
import type { HttpOptions } from './http-get.ts';
import { missing, originOf, pinnedOtherwise, unpinned } from './image-failures.ts';
import { probeFormat, unreadable } from './probe.ts';
import { readPublisherList } from './publisher-list.ts';
import { sharedWork } from './shared-work.ts';

/** Where images are kept, which catalogue of the user's extends the built-in one, and how images are fetched. */
export interface ImagesOptions {
  readonly cacheFolder: string;
  readonly catalogueFile: string | undefined;
  readonly http?: HttpOptions;
}

/** Base images by name and disks by path, verified. The catalogue is read each time, so an edit counts at once. */
export function createImages({ cacheFolder, catalogueFile, http = {} }: ImagesOptions): Images {
  const hashes = hashCache(cacheFolder);
  const downloads = sharedWork<void, PullProgress>();
  const pathOf = ({ hex }: Checksum): string => join(cacheFolder, 'images', hex);

  const isThere = async (checksum: Checksum): Promise<boolean> => {
    const path = pathOf(checksum);
    const blob = await hashes.blob(path);
    if (!blob || checksum.algorithm === 'sha256') return blob?.sha256 === checksum.hex;
    return (await hashOf(path, checksum.algorithm)) === checksum.hex;
  };
  return {
    names: async () => [...(await readCatalogue(catalogueFile)).keys()].sort(),
    async resolve(name, pin) {
      const entry = (await readCatalogue(catalogueFile)).get(name);
      if (!entry) return undefined;
      const own = 'sha256' in entry ? entry.sha256 : undefined;
      if (pin && own !== undefined && own !== pin.sha256) throw pinnedOtherwise(name, 'the image catalogue', own, pin);
      if ('file' in entry) {
        const image = await imageAt(entry.file, name, hashes);
        if (!image) throw missing(name, entry.file);
        return checked(image, entry, pin);
      }
      const wanted = toPull(name, entry, pin, pathOf);
      if (wanted.expected.by === 'list') return wanted;
      const { sha256, source } = wanted.expected.content;
      // What lies there damaged is fetched again.
      if ((await hashes.blob(source))?.sha256 !== sha256) return wanted;
      return checked((await imageAt(source, name, hashes))!, entry, pin);
    },
    async pull(wanted, signal, tell) {
      const { name, url, format, expected } = wanted;
      const checksum =
        expected.by === 'list' ? await readPublisherList(expected.list, url, signal, http) : expected.checksum;
      const path = pathOf(checksum);
      if (!(await isThere(checksum))) {
        const what = { url, checksum, origin: originOf(wanted), path };
        await downloads.run(path, (stop, report) => download(what, stop, report, http), signal, tell);
      }
      const image = checked((await imageAt(path, name, hashes))!, format === undefined ? {} : { format }, undefined);
      if (expected.by !== 'list') return { image };
      const sha512 = checksum.algorithm === 'sha512' ? { sha512: checksum.hex } : {};
      return { image, pin: { url, sha256: image.sha256, ...sha512, size: image.size, list: expected.list } };
    },
    existing: (path) => imageAt(path, path, hashes),
  };
}

function toPull(
  name: string,
  entry: Extract<CatalogueEntry, { url: string }>,
  pin: ImagePin | undefined,
  pathOf: (checksum: Checksum) => string,
): ImageToPull {
  const { url, format } = entry;
  const image = { toPull: true, name, url, ...(format === undefined ? {} : { format }) } as const;
  const own = 'sha256' in entry ? entry.sha256 : undefined;
  const sha256 = pin?.sha256 ?? own;
  if (sha256 !== undefined) {
    // The longer hash is the one the publisher gave.
    const checksum: Checksum =
      pin?.sha512 === undefined ? { algorithm: 'sha256', hex: sha256 } : { algorithm: 'sha512', hex: pin.sha512 };
    const content = { sha256, size: pin?.size ?? 0, source: pathOf(checksum) };
    return { ...image, expected: { by: pin ? 'pin' : 'catalogue', checksum, content } };
  }
  if ('list' in entry) return { ...image, expected: { by: 'list', list: entry.list } };
  throw unpinned(name, url, entry.at);
}

async function imageAt(path: string, name: string, hashes: HashCache): Promise<ImageFile | undefined> {
  const format = await probeFormat(path);
  const blob = format === undefined ? undefined : await hashes.blob(path);
  return format === undefined || !blob ? undefined : { ...blob, format, name };
}

function checked(
  image: ImageFile,
  { sha256, format }: { readonly sha256?: string | undefined; readonly format?: string | undefined },
  pin: ImagePin | undefined,
): ImageFile {
  if (pin && image.sha256 !== pin.sha256) throw pinnedOtherwise(image.name, image.source, image.sha256, pin);
  if (sha256 !== undefined && image.sha256 !== sha256) {
    const why = `has SHA-256 ${image.sha256}, not ${sha256} as the image catalogue says`;
    throw unreadable(image.source, why, 'check the catalogue, or the file');
  }
  if (format !== undefined && image.format !== format) {
    throw unreadable(image.source, `is ${image.format}, not ${format}`, 'correct the format in the catalogue');
  }
  return image;
}
