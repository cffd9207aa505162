import type { Inventory } from '../model/host.ts';
import type { Testbed } from '../model/testbed.ts';
import { bridgeHosts } from './flat-network.ts';
import type { CompileFacts } from './facts.ts';
import { type Placeable, place, type Placement } from './placement.ts';
import type { Unit } from './units.ts';

/** What an emulator takes, as far as anybody can say beforehand. */
const emulator = { memoryMiB: 4096, cpus: 2 };

/** Places everything that will run. */
export function placeUnits(
  testbed: Testbed,
  units: readonly Unit[],
  inventory: Inventory,
  facts: CompileFacts,
): Placement {
  const rooms = inventory.hosts.map(({ name }) => ({ name, facts: facts.hosts.get(name) }));
  const bridges = testbed.network.kind === 'bridges' ? bridgeHosts(testbed.network, inventory) : undefined;
  const items = units.map((unit) => placeable(unit, inventory.main, bridges));
  return place(items, rooms, testbed.policy, inventory.main, facts.placement);
}

function placeable(unit: Unit, main: string, bridges: ReadonlyMap<string, string> | undefined): Placeable {
  const { machine, name } = unit;
  const wish = machine.placement;
  const size = machine.libvirt
    ? { memoryMiB: machine.libvirt.memory_mb, cpus: machine.libvirt.cpus }
    : machine.android
      ? emulator
      : { memoryMiB: 0, cpus: 0 };
  // Bridges are on one host each, and a guest is where its bridge is; emulators run on the main host only.
  const pinned = machine.android ? main : (bridges?.get(unit.wires[0]?.switch ?? '') ?? wish?.host);
  return {
    name,
    aliases: name === machine.name ? [name] : [name, machine.name],
    ...size,
    ...(pinned === undefined ? {} : { pinned }),
    avoid: wish?.avoid ?? [],
    together: wish?.together_with ?? [],
    apart: wish?.apart_from ?? [],
  };
}
