import type { Inventory } from '../model/host.ts';
import type { Resource } from '../model/resources.ts';
import type { Machine, Testbed } from '../model/testbed.ts';

/** A network guests are joined by. */
export interface PicturedNetwork {
  readonly name: string;
  readonly kind: 'switch' | 'bridge';
  readonly subnet?: string;
  /** Where it leads out of the laboratory: a provider network, or libvirt's NAT. */
  readonly outside?: string;
}

/** One end of something on a network. */
export interface PicturedInterface {
  readonly network: string;
  /** `dynamic` for DHCP. */
  readonly address?: string;
}

/** A router, and what it does besides. */
export interface PicturedRouter {
  readonly name: string;
  readonly interfaces: readonly PicturedInterface[];
  readonly services: readonly string[];
}

/** Something that runs. */
export interface PicturedMachine {
  readonly name: string;
  /** The machine of the file it is a clone of. */
  readonly cloneOf?: string;
  readonly kind: 'guest' | 'container' | 'emulator';
  readonly host: string;
  /** What it is made from, and how large it is. */
  readonly about: string;
  readonly interfaces: readonly PicturedInterface[];
}

/** A laboratory as a picture shows it. */
export interface Topology {
  readonly deployment: string;
  readonly hosts: readonly { readonly name: string; readonly main: boolean }[];
  readonly networks: readonly PicturedNetwork[];
  /** Bridges of the older format that are joined. */
  readonly links: readonly { readonly from: string; readonly to: string }[];
  readonly routers: readonly PicturedRouter[];
  readonly machines: readonly PicturedMachine[];
}

/** A guest's place on a network, as its kind tells it. */
export interface Place {
  readonly network: string;
  readonly addresses: readonly string[];
}

/** What is known of a laboratory once it is compiled. */
export interface Subject {
  readonly testbed: Testbed;
  readonly inventory: Inventory;
  readonly placement: Readonly<Record<string, string>>;
  readonly desired: readonly Resource[];
  /** Undefined for what is no place on a network. */
  readonly placeOf: (resource: Resource) => Place | undefined;
}

/** The topology of a laboratory, in the order of its file. */
export function topologyOf({ testbed, inventory, placement, desired, placeOf }: Subject): Topology {
  const { name: deployment, network } = testbed;
  const interfaces = interfacesOf(deployment, desired, placeOf);
  return {
    deployment,
    hosts: inventory.hosts.map(({ name }) => ({ name, main: name === inventory.main })),
    networks: networksOf(network),
    links: network.kind === 'bridges' ? network.connections.map(({ from, to }) => ({ from, to })) : [],
    routers: network.kind === 'ovn' ? network.routers.map(routerOf) : [],
    machines: testbed.machines.flatMap((machine) =>
      namesOf(machine).map(({ name, clone }) => ({
        name,
        ...(clone === undefined ? {} : { cloneOf: machine.name }),
        kind: machine.docker ? ('container' as const) : machine.android ? ('emulator' as const) : ('guest' as const),
        host: placement[name] ?? inventory.main,
        about: aboutOf(machine),
        interfaces: interfaces.get(name) ?? bridged(machine, clone),
      })),
    ),
  };
}

function networksOf(network: Testbed['network']): PicturedNetwork[] {
  if (network.kind === 'bridges') {
    return network.bridges.map(({ name }) => ({
      name,
      kind: 'bridge',
      ...(name === network.external_bridge ? { outside: 'NAT' } : {}),
    }));
  }
  return network.switches.map(({ name, subnet, ports }) => {
    const outside = ports.flatMap(({ localnet }) => localnet?.network_name ?? []).join(', ');
    return { name, kind: 'switch', subnet, ...(outside === '' ? {} : { outside }) };
  });
}

type Router = Extract<Testbed['network'], { kind: 'ovn' }>['routers'][number];

function routerOf({ name, ports, nat, dhcp, static_routes }: Router): PicturedRouter {
  const services = [
    ...(nat.length > 0 ? ['NAT'] : []),
    ...(dhcp.length > 0 ? ['DHCP'] : []),
    ...(static_routes.length > 0 ? ['routes'] : []),
  ];
  const interfaces = ports.map((port) => ({ network: port.switch, address: port.gateway_ip }));
  return { name, interfaces, services };
}

/** By machine; ports are numbered by the ends of their names. */
function interfacesOf(
  deployment: string,
  desired: readonly Resource[],
  placeOf: Subject['placeOf'],
): ReadonlyMap<string, PicturedInterface[]> {
  const found = new Map<string, { index: number; each: PicturedInterface }[]>();
  for (const port of desired) {
    const place = placeOf(port);
    if (!place || port.guest === undefined) continue;
    const [address] = place.addresses;
    const network = place.network.slice(deployment.length + 1);
    const index = Number(/\d+$/.exec(port.name)?.[0] ?? 0);
    const list = found.get(port.guest) ?? [];
    list.push({ index, each: { network, ...(address === undefined ? {} : { address }) } });
    found.set(port.guest, list);
  }
  const inOrder = [...found].map(([name, list]) => {
    list.sort((a, b) => a.index - b.index);
    return [name, list.map(({ each }) => each)] as const;
  });
  return new Map(inOrder);
}

function scalingOf({ libvirt, docker, android }: Machine): NonNullable<Machine['libvirt']>['scaling'] {
  return libvirt?.scaling ?? docker?.scaling ?? android?.scaling;
}

function namesOf(machine: Machine): { name: string; clone?: number }[] {
  const scaling = scalingOf(machine);
  if (!scaling) return [{ name: machine.name }];
  return Array.from({ length: scaling.count }, (_, clone) => ({ name: `${machine.name}-${clone}`, clone }));
}

/** In the older format nobody decides addresses beforehand. */
function bridged(machine: Machine, clone: number | undefined): PicturedInterface[] {
  const scaling = scalingOf(machine);
  const wires = scaling
    ? scaling.interfaces.filter(({ clones }) => clone !== undefined && clones.includes(clone))
    : machine.network;
  return wires.map((wire) => ({ network: wire.switch }));
}

function aboutOf({ libvirt, docker, android }: Machine): string {
  if (docker) return docker.image.split('/').at(-1)!;
  if (android) return android.avd ? `Android API ${android.avd.android_api_version}` : 'Android';
  const { cloud_image: image, existing_disk: disk, iso_guest: iso } = libvirt!.libvirt_type;
  const source = image?.name ?? (disk ?? iso)?.path.split('/').at(-1) ?? '';
  return `${source} · ${libvirt!.cpus} cpu · ${memoryText(libvirt!.memory_mb)}`;
}

function memoryText(mib: number): string {
  return mib % 1024 === 0 ? `${mib / 1024} GiB` : `${mib} MiB`;
}
