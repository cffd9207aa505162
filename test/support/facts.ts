import type { HostFacts } from '../../src/model/host.ts';

/** What a small host `h2` says of itself. */
export const h2Facts: HostFacts = {
  accelerator: 'qemu',
  cores: 1,
  memoryMiB: 1,
  diskFreeMiB: 1,
  chassis: 'h2',
  missingTools: [],
};
