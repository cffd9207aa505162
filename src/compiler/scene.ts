import type { Host, Inventory } from '../model/host.ts';
import type { Interface, Machine, Switch, Testbed } from '../model/testbed.ts';
import { chooseAddresses } from './addresses.ts';
import type { CompileFacts } from './facts.ts';
import type { Findings } from './findings.ts';
import { derivedMac, interfaceName, namesOf, type Names } from './names.ts';
import { placeMachines } from './placement.ts';

/** An interface of a guest, with everything decided. */
export interface GuestInterface {
  readonly at: Interface['at'];
  readonly index: number;
  readonly switch: Switch;
  readonly port: string;
  readonly tap: string;
  readonly mac: string;
  /** An address, `dynamic`, or undefined where none could be chosen. */
  readonly ip: string | undefined;
  readonly gateway?: string;
  readonly networkName?: string;
}

/** A machine with its host and its interfaces. */
export interface Guest {
  readonly machine: Machine;
  readonly name: string;
  readonly host: Host;
  readonly interfaces: readonly GuestInterface[];
}

/** Everything the parts of the compiler need to know. */
export interface Scene {
  readonly testbed: Testbed;
  readonly inventory: Inventory;
  readonly facts: CompileFacts;
  readonly findings: Findings;
  readonly names: Names;
  readonly guests: readonly Guest[];
  readonly placement: Readonly<Record<string, string>>;
  /** What a guest's interface may send at once: across tunnels less than on one host. */
  readonly mtu: number;
}

/** Ethernet's, less the headers of Geneve over IPv4 where a tunnel may lie between two guests. */
function mtuOf(inventory: Inventory): number {
  return inventory.hosts.length > 1 ? 1442 : 1500;
}

/** Places machines and decides addresses; what does not fit is a finding. */
export function sceneOf(testbed: Testbed, inventory: Inventory, facts: CompileFacts, findings: Findings): Scene {
  const names = namesOf(testbed.name);
  const hosts = new Map(inventory.hosts.map((host) => [host.name, host]));
  const placement = placeMachines(
    testbed.machines.map(({ name }) => name),
    [...hosts.keys()],
    facts.placement,
  );
  const switches = new Map(testbed.network.switches.map((each) => [each.name, each]));
  const addresses = chooseAddresses(testbed);
  const guests = testbed.machines.map((machine) => ({
    machine,
    name: machine.name,
    host: hosts.get(placement[machine.name]!)!,
    interfaces: machine.network.flatMap((each, index): GuestInterface[] => {
      const parent = switches.get(each.switch);
      return parent ? [guestInterface(names, machine.name, each, index, parent, addresses.get(each))] : [];
    }),
  }));
  return { testbed, inventory, facts, findings, names, guests, placement, mtu: mtuOf(inventory) };
}

function guestInterface(
  names: Names,
  machine: string,
  written: Interface,
  index: number,
  parent: Switch,
  chosen: string | undefined,
): GuestInterface {
  const key = [names.deployment, machine, String(index)];
  return {
    at: written.at,
    index,
    switch: parent,
    port: names.guestPort(parent.name, machine, index),
    tap: interfaceName('vm-', ...key),
    mac: written.mac ?? derivedMac('guest', ...key),
    ip: written.ip ?? chosen,
    ...(written.gateway === undefined ? {} : { gateway: written.gateway }),
    ...(written.network_name === undefined ? {} : { networkName: written.network_name }),
  };
}
