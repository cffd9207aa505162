import type { Host, Inventory } from '../model/host.ts';
import type { OvnNetwork } from '../model/testbed-network.ts';
import type { Interface, LibvirtMachine, Machine, Testbed } from '../model/testbed.ts';
import { chooseAddresses } from './addresses.ts';
import { flatSubnet } from './flat-network.ts';
import type { CompileFacts } from './facts.ts';
import type { Findings } from './findings.ts';
import { derivedMac, interfaceName, type Names, namesOf } from './names.ts';
import { serverAddresses } from './server-addresses.ts';
import { placeInstances } from './place-instances.ts';
import { type Instance, instancesOf } from './instances.ts';

/** What an interface is plugged into. */
interface Parent {
  readonly name: string;
  readonly subnet: string;
}

/** An interface of a guest, with everything decided. */
export interface GuestInterface {
  readonly at: Interface['at'];
  /** What the file says of it. */
  readonly declared: Interface;
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
export interface Guest extends Omit<Instance, 'interfaces'> {
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
export interface CompileContext {
  readonly testbed: Testbed;
  readonly machines: ReadonlyMap<string, Machine>;
  /** The file's OVN network; an empty one where the file has bridges. */
  readonly ovn: OvnNetwork;
  readonly inventory: Inventory;
  readonly facts: CompileFacts;
  readonly findings: Findings;
  readonly names: Names;
  readonly instances: readonly Instance[];
  readonly guests: readonly Guest[];
  /** Guests no host was right for. */
  readonly unplaceable: readonly string[];
  /** What a guest's interface may send at once. */
  readonly mtu: number;
}

/**
 * Ethernet's, less the headers of Geneve over IPv4, even where there is one host: a second host that comes later must
 * not change every guest's seed and domain.
 */
const mtu = 1442;

/** Places everything and decides addresses; what does not fit is a finding. */
export function compileContextOf(
  testbed: Testbed,
  inventory: Inventory,
  facts: CompileFacts,
  findings: Findings,
): CompileContext {
  const names = namesOf(testbed.name);
  const ovn = testbed.network.kind === 'ovn' ? testbed.network : noOvn(testbed);
  const instances = instancesOf(testbed);
  const hosts = new Map(inventory.hosts.map((host) => [host.name, host]));
  const placement = placeInstances(testbed, instances, inventory, facts);
  const parents = parentsOf(testbed);
  const addresses = chooseAddresses(testbed.name, ovn, instances, serverAddresses(testbed, inventory));
  const guests = instances.map(({ interfaces, ...instance }) => ({
    ...instance,
    host: hosts.get(placement.hosts.get(instance.name)!)!,
    interfaces: interfaces.flatMap((iface, index) => {
      const parent = parents.get(iface.switch);
      return parent ? [guestInterface(names, instance.name, iface, index, parent, addresses.get(iface))] : [];
    }),
  }));
  const machines = new Map(testbed.machines.map((machine) => [machine.name, machine]));
  const { unplaceable } = placement;
  return { testbed, machines, ovn, inventory, facts, findings, names, instances, guests, unplaceable, mtu };
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
  iface: Interface,
  index: number,
  parent: Parent,
  chosen: string | undefined,
): GuestInterface {
  const key = [names.deployment, guest, String(index)];
  return {
    at: iface.at,
    declared: iface,
    index,
    switch: parent,
    port: names.guestPort(parent.name, guest, index),
    tap: interfaceName('vm-', ...key),
    mac: iface.mac ?? derivedMac('guest', ...key),
    ip: iface.ip ?? chosen,
    ...(iface.gateway === undefined ? {} : { gateway: iface.gateway }),
    ...(iface.network_name === undefined ? {} : { networkName: iface.network_name }),
  };
}
