import type { Testbed } from '../model/testbed.ts';

/** What must be found before a testbed can be compiled, as the file names it. */
export interface Wants {
  /** Names of the image catalogue. */
  readonly images: readonly string[];
  /** Disk files. */
  readonly disks: readonly string[];
  /** Script files. */
  readonly files: readonly string[];
  /** Files and folders to be packed for guests. */
  readonly archives: readonly string[];
}

/** Every file and image a testbed names, once. */
export function wantsOf(testbed: Testbed): Wants {
  const types = testbed.machines.map(({ libvirt }) => libvirt.libvirt_type);
  const images = types.flatMap(({ cloud_image }) => cloud_image ?? []);
  return {
    images: once(images.map(({ name }) => name)),
    disks: once(types.flatMap(({ existing_disk }) => existing_disk?.path ?? [])),
    files: once(images.flatMap(({ setup_script, run_script }) => [setup_script, run_script])),
    archives: once(images.map(({ context }) => context)),
  };
}

function once(names: readonly (string | undefined)[]): string[] {
  return [...new Set(names.filter((name) => name !== undefined))].sort();
}
