import { dirname, resolve } from 'node:path';
import { readIfThere } from '../store/atomic-file.ts';
import type { CatalogueEntry } from './catalogue-file.ts';

/** Ubuntu replaces what is there with each release of an image, and its list with it; older releases go in time. */
function ubuntu(name: string, release: string): CatalogueEntry {
  const folder = `https://cloud-images.ubuntu.com/releases/${name}/release`;
  const url = `${folder}/ubuntu-${release}-server-cloudimg-amd64.img`;
  return { url, list: `${folder}/SHA256SUMS`, format: 'qcow2' };
}

/** What is known without a catalogue of the user's. */
export const builtIn: Readonly<Record<string, CatalogueEntry>> = {
  // The folder of a release never changes, and of checksums its publisher gives MD5 only, which proves nothing.
  cirros_0_6_2: {
    url: 'https://download.cirros-cloud.net/0.6.2/cirros-0.6.2-x86_64-disk.img',
    sha256: '07e44a73e54c94d988028515403c1ed762055e01b83a767edf3c2b387f78ce00',
    format: 'qcow2',
  },
  ubuntu_18_04: ubuntu('bionic', '18.04'),
  ubuntu_20_04: ubuntu('focal', '20.04'),
  ubuntu_22_04: ubuntu('jammy', '22.04'),
};

/** Reads the user's catalogue over the built-in one; its relative files are meant from its own folder. */
export async function readCatalogue(path: string | undefined): Promise<ReadonlyMap<string, CatalogueEntry>> {
  const text = path === undefined ? undefined : await readIfThere(path);
  const users = path === undefined || text === undefined ? {} : await parse(text, path);
  return new Map(Object.entries({ ...builtIn, ...users }));
}

async function parse(text: string, path: string): Promise<Record<string, CatalogueEntry>> {
  // What checks it is slow to load, and most people have none.
  const { readCatalogueFile } = await import('./catalogue-file.ts');
  const images = readCatalogueFile(text, path);
  const folder = dirname(path);
  return Object.fromEntries(
    Object.entries(images).map(([name, each]) => [
      name,
      'file' in each ? { ...each, file: resolve(folder, each.file) } : each,
    ]),
  );
}
