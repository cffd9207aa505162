import type { Host, Inventory } from '../model/host.ts';
import type { OvnNetwork } from '../model/testbed-network.ts';
import type { Interface, LibvirtMachine, Machine, Testbed } from '../model/testbed.ts';
import { chooseAddresses } from './addresses.ts';
import { flatSubnet } from './flat-network.ts';
import type { CompileFacts } from './facts.ts';
import type { Findings } from './findings.ts';
import { derivedMac, interfaceName, type Names, namesOf } from './names.ts';
import { serverAddresses } from './server-addresses.ts';
import { placeUnits } from './place-units.ts';
import { type Unit, unitsOf } from './units.ts';

/** What an interface is plugged into. */
interface Parent {
  readonly name: string;
  readonly subnet: string;
}

/** An interface of a guest, with everything decided. */
export interface GuestInterface {
  readonly at: Interface['at'];
  /** What the file says of it. */
  readonly wire: Interface;
  readonly index: number;
  readonly switch: Parent;
  readonly port: string;
  readonly tap: string;
  readonly mac: string;
  /** An address, `dynamic`, or undefined where none could be chosen. */
  readonly ip: string | undefined;
  readonly gateway?: string;
  readonly networkName?: string;
}

/** Something that will run, with its host and its interfaces. */
export interface Guest extends Omit<Unit, 'wires'> {
  readonly host: Host;
  readonly interfaces: readonly GuestInterface[];
}

/** A guest that is a libvirt domain. */
export interface LibvirtGuest extends Guest {
  readonly libvirt: LibvirtMachine;
}

/** The guest as a libvirt domain, if it is one. */
export function asLibvirt(guest: Guest): LibvirtGuest | undefined {
  const { libvirt } = guest.machine;
  return libvirt && { ...guest, libvirt };
}

/** Everything the parts of the compiler need to know. */
export interface Scene {
  readonly testbed: Testbed;
  readonly machines: ReadonlyMap<string, Machine>;
  /** The file's OVN network; an empty one where the file has bridges. */
  readonly ovn: OvnNetwork;
  readonly inventory: Inventory;
  readonly facts: CompileFacts;
  readonly findings: Findings;
  readonly names: Names;
  readonly units: readonly Unit[];
  readonly guests: readonly Guest[];
  /** Guests no host was right for. */
  readonly homeless: readonly string[];
  /** What a guest's interface may send at once. */
  readonly mtu: number;
}

/**
 * Ethernet's, less the headers of Geneve over IPv4, even where there is one host: a second host that comes later must
 * not change every guest's seed and domain.
 */
const mtu = 1442;

/** Places everything and decides addresses; what does not fit is a finding. */
export function sceneOf(testbed: Testbed, inventory: Inventory, facts: CompileFacts, findings: Findings): Scene {
  const names = namesOf(testbed.name);
  const ovn = testbed.network.kind === 'ovn' ? testbed.network : noOvn(testbed);
  const units = unitsOf(testbed);
  const hosts = new Map(inventory.hosts.map((host) => [host.name, host]));
  const placement = placeUnits(testbed, units, inventory, facts);
  const parents = parentsOf(testbed);
  const addresses = chooseAddresses(testbed.name, ovn, units, serverAddresses(testbed, inventory));
  const guests = units.map(({ wires, ...unit }) => ({
    ...unit,
    host: hosts.get(placement.hosts.get(unit.name)!)!,
    interfaces: wires.flatMap((wire, index) => {
      const parent = parents.get(wire.switch);
      return parent ? [guestInterface(names, unit.name, wire, index, parent, addresses.get(wire))] : [];
    }),
  }));
  const machines = new Map(testbed.machines.map((machine) => [machine.name, machine]));
  const { homeless } = placement;
  return { testbed, machines, ovn, inventory, facts, findings, names, units, guests, homeless, mtu };
}

function noOvn({ at }: Testbed): OvnNetwork {
  return { kind: 'ovn', at, switches: [], routers: [], acl: { apply_deny_all: false, switches: [] } };
}

function parentsOf({ network, name: deployment }: Testbed): ReadonlyMap<string, Parent> {
  if (network.kind === 'ovn') return new Map(network.switches.map((each) => [each.name, each]));
  const subnet = flatSubnet(deployment);
  return new Map(network.bridges.map(({ name }) => [name, { name, subnet }]));
}

function guestInterface(
  names: Names,
  guest: string,
  wire: Interface,
  index: number,
  parent: Parent,
  chosen: string | undefined,
): GuestInterface {
  const key = [names.deployment, guest, String(index)];
  return {
    at: wire.at,
    wire,
    index,
    switch: parent,
    port: names.guestPort(parent.name, guest, index),
    tap: interfaceName('vm-', ...key),
    mac: wire.mac ?? derivedMac('guest', ...key),
    ip: wire.ip ?? chosen,
    ...(wire.gateway === undefined ? {} : { gateway: wire.gateway }),
    ...(wire.network_name === undefined ? {} : { networkName: wire.network_name }),
  };
}
