import type { Testbed } from '../model/testbed.ts';
import { instancesOf } from './instances.ts';

/** What must be found before a testbed can be compiled, as the file names it. */
export interface Wants {
  /** Names of the image catalogue. */
  readonly images: readonly string[];
  /** Disk files. */
  readonly disks: readonly string[];
  /** Scripts and other single files. */
  readonly files: readonly string[];
  /** Files and folders to be packed for guests. */
  readonly archives: readonly string[];
}

/** Every file and image a testbed names, once. */
export function wantsOf(testbed: Testbed): Wants {
  const { machines } = testbed;
  const types = machines.flatMap(({ libvirt }) => libvirt?.libvirt_type ?? []);
  const images = types.flatMap(({ cloud_image }) => cloud_image ?? []);
  const scripts = instancesOf(testbed).flatMap(({ setup, run }) => [setup?.path, run?.path]);
  const shared = machines.map(({ libvirt }) => libvirt?.scaling?.shared_setup);
  return {
    images: once(images.map(({ name }) => name)),
    disks: once(types.flatMap(({ existing_disk, iso_guest }) => existing_disk?.path ?? iso_guest?.path)),
    files: once([...scripts, ...shared, ...machines.map(({ docker }) => docker?.env_file)]),
    archives: once(images.map(({ context }) => context)),
  };
}

function once(names: readonly (string | undefined)[]): string[] {
  return [...new Set(names.filter((name) => name !== undefined))].sort();
}
