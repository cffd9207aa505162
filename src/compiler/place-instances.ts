import type { Inventory } from '../model/host.ts';
import type { Testbed } from '../model/testbed.ts';
import { bridgeHosts } from './flat-network.ts';
import type { CompileFacts } from './facts.ts';
import { type Placeable, place, type Placement } from './placement.ts';
import type { Instance } from './instances.ts';

/** What an emulator takes, as far as anybody can say beforehand. */
const emulator = { memoryMiB: 4096, cpus: 2 };

/** Places everything that will run. */
export function placeInstances(
  testbed: Testbed,
  instances: readonly Instance[],
  inventory: Inventory,
  facts: CompileFacts,
): Placement {
  const rooms = inventory.hosts.map(({ name }) => ({ name, facts: facts.hosts.get(name) }));
  const bridges = testbed.network.kind === 'bridges' ? bridgeHosts(testbed.network, inventory) : undefined;
  const items = instances.map((instance) => placeable(instance, inventory.main, bridges));
  return place(items, rooms, testbed.policy, inventory.main, facts.placement);
}

function placeable(instance: Instance, main: string, bridges: ReadonlyMap<string, string> | undefined): Placeable {
  const { machine, name } = instance;
  const constraint = machine.placement;
  const size = machine.libvirt
    ? { memoryMiB: machine.libvirt.memory_mb, cpus: machine.libvirt.cpus }
    : machine.android
      ? emulator
      : { memoryMiB: 0, cpus: 0 };
  // Bridges are on one host each, and a guest is where its bridge is; emulators run on the main host only.
  const pinned = machine.android ? main : (bridges?.get(instance.interfaces[0]?.switch ?? '') ?? constraint?.host);
  return {
    name,
    aliases: name === machine.name ? [name] : [name, machine.name],
    ...size,
    ...(pinned === undefined ? {} : { pinned }),
    avoid: constraint?.avoid ?? [],
    together: constraint?.together_with ?? [],
    apart: constraint?.apart_from ?? [],
  };
}
