import type { Dependency, Interface, Machine } from '../model/testbed.ts';
import { androidShape, dockerShape } from './container-shape.ts';
import { libvirtShape } from './libvirt-shape.ts';
import { about, union, type Shape, turned } from './shape.ts';
import { list, optional, record, required, withDefault, table } from './shape-collections.ts';
import { ipOrDynamic, ipShape, macShape, nameShape } from './shape-network.ts';
import { choice, text } from './shape-scalars.ts';

const networkInterface: Shape<Interface> = record({
  switch: required(text),
  gateway: optional(about('the default route; of several interfaces the first with a gateway has it', ipShape)),
  mac: optional(macShape),
  ip: optional(
    about('an address of the switch’s subnet, or `dynamic` for DHCP; without it one is chosen', ipOrDynamic),
  ),
  network_name: optional(text),
});

/** A list; the first versions of the format had one interface, written as a map. */
const networkInterfaces: Shape<readonly Interface[]> = union(
  (node) => node.type === 'map',
  turned(networkInterface, (one) => [one]),
  list(networkInterface),
);

/** An interface in the older format: all guests are in one network with DHCP. */
const bridgeInterface: Shape<Interface> = turned(
  record({ bridge: required(text), mac: optional(macShape) }),
  ({ bridge, ...rest }) => ({ ...rest, switch: bridge, ip: 'dynamic' }),
);

const names = withDefault(list(text), () => []);

const placement = record({
  host: optional(about('the host it must be on', text)),
  avoid: withDefault(list(text), () => []),
  together_with: names,
  apart_from: names,
});

const dependencies: Shape<readonly Dependency[]> = about(
  'machines that boot first, each with what is waited for: that it was `started`, is `ready`, or has run its `script`s',
  turned(table(choice(['started', 'ready', 'script'])), (entries) =>
    entries.map(({ key, at, value }) => ({ name: key, at, until: value })),
  ),
);

const kinds = ['libvirt', 'docker', 'android'];

/** One entry of `machines`. */
export const machineShape: Shape<Machine> = turned(
  record(
    {
      name: required(nameShape),
      network: withDefault(networkInterfaces, () => []),
      interfaces: withDefault(about('the older format’s `network`', list(bridgeInterface)), () => []),
      placement: optional(placement),
      depends_on: withDefault(dependencies, () => []),
      libvirt: optional(libvirtShape),
      docker: optional(dockerShape),
      android: optional(androidShape),
    },
    { exactlyOne: kinds },
  ),
  ({ network, interfaces, ...rest }) => ({ ...rest, network: [...network, ...interfaces] }),
);
