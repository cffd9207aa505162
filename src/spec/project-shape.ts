import type { BridgeNetwork, OvnNetwork } from '../model/testbed-network.ts';
import type { Machine, PlacementPolicy } from '../model/testbed.ts';
import { bridgeFields, bridgeNetwork, olderNetworkShape, ovsNetworkShape } from './bridges-shape.ts';
import type { MapNode, Node } from './document.ts';
import { machineShape } from './machine-shape.ts';
import { ovnShape } from './ovn-shape.ts';
import { about, either, type JsonSchema, type Shape, turned } from './shape.ts';
import { list, optional, record, required, standing } from './shape-collections.ts';
import { choice } from './shape-scalars.ts';

/** A project file, read. */
export interface Project {
  readonly at: Machine['at'];
  readonly machines: readonly Machine[];
  readonly network: OvnNetwork | BridgeNetwork;
  readonly policy: PlacementPolicy;
}

const older = Object.keys(bridgeFields);

const isOlder = (node: Node): boolean => node.type === 'map' && hasOne(node, older) && !hasOne(node, ['ovn', 'ovs']);

function hasOne(node: MapNode, keys: readonly string[]): boolean {
  return node.entries.some(({ key }) => keys.includes(key));
}

const network: Shape<OvnNetwork | BridgeNetwork> = either(
  isOlder,
  olderNetworkShape,
  turned(
    record({ ovn: optional(ovnShape), ovs: optional(ovsNetworkShape) }, { exactlyOne: ['ovn', 'ovs'] }),
    ({ ovn, ovs, at }) =>
      ovn ?? ovs ?? bridgeNetwork({ at, bridges: [], bridge_connections: [], network_interfaces: [] }),
  ),
);

const policies = choice(['NaiveRoundRobin', 'Balanced', 'MainFirst', 'Fill']);

const common = {
  machines: standing(list(machineShape), () => []),
  testbed_options: optional(
    record({ load_balancing: required(about('how machines are spread over the hosts', policies)) }),
  ),
  tooling: optional(anything()),
};

const current: Shape<Project> = turned(
  record({ ...common, network: required(about('how guests are joined', network)) }),
  ({ testbed_options, tooling: _tooling, ...rest }) => ({
    ...rest,
    policy: testbed_options?.load_balancing ?? 'NaiveRoundRobin',
  }),
);

/** The earliest form: bridges at top level. */
const earliest: Shape<Project> = turned(
  record({ ...common, ...bridgeFields }),
  ({ testbed_options, tooling: _tooling, machines, ...fields }) => ({
    at: fields.at,
    machines,
    network: bridgeNetwork(fields),
    policy: testbed_options?.load_balancing ?? 'NaiveRoundRobin',
  }),
);

/** A whole project file, of any generation. */
export const projectShape: Shape<Project> = either(
  (node) => node.type === 'map' && !hasOne(node, ['network']) && hasOne(node, older),
  earliest,
  current,
);

/** JSON schema of project files as they are written today; editors use it. */
export const projectSchema: JsonSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'kvm-compose project file',
  ...current.json,
};

/** Whatever it is, it means nothing. */
function anything(): Shape<true> {
  return { json: {}, read: () => true };
}
