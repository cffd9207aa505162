import type { BridgeNetwork, OvnNetwork } from '../model/testbed-network.ts';
import type { Machine, Testbed } from '../model/testbed.ts';
import { accessShape } from './access-shape.ts';
import { bridgeFields, bridgeNetwork, olderNetworkShape, ovsNetworkShape } from './bridges-shape.ts';
import { defaultsShape } from './defaults-shape.ts';
import type { MapNode, Node } from './document.ts';
import { includeShape } from './include.ts';
import { machineShape } from './machine-shape.ts';
import { ovnShape } from './ovn-shape.ts';
import { about, union, type JsonSchema, type Shape, turned } from './shape.ts';
import { list, optional, record, required, withDefault } from './shape-collections.ts';
import { choice } from './shape-scalars.ts';

/** A project, of one file or of several. */
export type Project = Omit<Testbed, 'name'>;

/** What one file says; a file that includes others, or is included, need not have everything. */
export interface Part extends Partial<Pick<Testbed, 'network' | 'policy' | 'access'>> {
  readonly at: Machine['at'];
  readonly machines: readonly Machine[];
}

const older = Object.keys(bridgeFields);

const isOlder = (node: Node): boolean => node.type === 'map' && hasOne(node, older) && !hasOne(node, ['ovn', 'ovs']);

function hasOne(node: MapNode, keys: readonly string[]): boolean {
  return node.entries.some(({ key }) => keys.includes(key));
}

const network: Shape<OvnNetwork | BridgeNetwork> = union(
  isOlder,
  olderNetworkShape,
  turned(
    record({ ovn: optional(ovnShape), ovs: optional(ovsNetworkShape) }, { exactlyOne: ['ovn', 'ovs'] }),
    ({ ovn, ovs, at }) =>
      ovn ?? ovs ?? bridgeNetwork({ at, bridges: [], bridge_connections: [], network_interfaces: [] }),
  ),
);

const policies = choice(['NaiveRoundRobin', 'Balanced', 'MainFirst', 'Fill']);

// Defaults come first: they are known when machines are read.
const machinesFirst = { defaults: optional(defaultsShape), machines: withDefault(list(machineShape), () => []) };

const others = {
  testbed_options: optional(
    record({ load_balancing: required(about('how machines are spread over the hosts', policies)) }),
  ),
  include: optional(includeShape),
  access: optional(accessShape),
  tooling: optional(anything()),
};

const joined = about('how guests are joined', network);
const alone = record({ ...machinesFirst, network: required(joined), ...others });
const oneOfSeveral = record({ ...machinesFirst, network: optional(joined), ...others });
/** The earliest form: bridges at top level. */
const earliest = record({ ...machinesFirst, ...bridgeFields, ...others });

type Read = NonNullable<ReturnType<(typeof oneOfSeveral)['read']>>;

function partOf({ at, machines, network: joins, testbed_options: options, access }: Omit<Read, 'include'>): Part {
  return {
    at,
    machines,
    ...(joins === undefined ? {} : { network: joins }),
    ...(options === undefined ? {} : { policy: options.load_balancing }),
    ...(access === undefined ? {} : { access }),
  };
}

const current = union<Part, Part>(
  (node) => node.type === 'map' && hasOne(node, ['include']),
  turned(oneOfSeveral, partOf),
  turned(alone, partOf),
);

/** A project file of any generation. */
export const projectShape: Shape<Part> = union(
  (node) => node.type === 'map' && !hasOne(node, ['network']) && hasOne(node, older),
  turned(earliest, (read) => partOf({ ...read, network: bridgeNetwork(read) })),
  current,
);

/** A file that another includes. */
export const includedShape: Shape<Part> = turned(oneOfSeveral, partOf);

/** JSON schema of project files as they are written today; editors use it. */
export const projectSchema: JsonSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'kvm-compose project file',
  ...oneOfSeveral.json,
  anyOf: [{ required: ['network'] }, { required: ['include'] }],
};

/** Whatever it is, it means nothing. */
function anything(): Shape<true> {
  return { json: {}, read: () => true };
}
