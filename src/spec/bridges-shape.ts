import type { Bridge, BridgeNetwork } from '../model/testbed-network.ts';
import { about, checked, type Shape, turned } from './shape.ts';
import { list, optional, record, required, withDefault, table } from './shape-collections.ts';
import { nameShape } from './shape-network.ts';
import { text } from './shape-scalars.ts';

const bridge: Shape<Bridge> = record({
  name: required(nameShape),
  controller: optional(about('an OpenFlow controller; port 6653 of the bridge’s own host without it', text)),
  protocol: withDefault(text, () => 'OpenFlow13'),
});

const nic = record({ nic_name: required(text), testbed_bridge: required(text), testbed_host: required(text) });

/** Keys of the older format's networks: under `network` or `network.ovs`, and in its earliest form at top level. */
export const bridgeFields = {
  bridges: withDefault(list(bridge), () => []),
  bridge_connections: withDefault(about('bridge → bridge', table(checked(text, () => undefined))), () => []),
  external_bridge: optional(about('the bridge with a way out, by a NAT network of the main host', text)),
  network_interfaces: withDefault(about('network cards of hosts that become ports of bridges', list(nic)), () => []),
};

/** `network.ovs`. */
const ovsShape = record(bridgeFields);

/** What the fields come to. */
export function bridgeNetwork(fields: NonNullable<ReturnType<typeof ovsShape.read>>): BridgeNetwork {
  const { at, bridges, bridge_connections, external_bridge, network_interfaces } = fields;
  return {
    kind: 'bridges',
    at,
    bridges,
    connections: bridge_connections.map(({ key, at: position, value }) => ({ from: key, to: value, at: position })),
    ...(external_bridge === undefined ? {} : { external_bridge }),
    nics: network_interfaces,
  };
}

/** `network.ovs` as the model has it. */
export const ovsNetworkShape: Shape<BridgeNetwork> = turned(ovsShape, bridgeNetwork);

/** The same directly under `network`, where nothing at all is no network. */
export const olderNetworkShape: Shape<BridgeNetwork> = {
  ...ovsNetworkShape,
  json: { ...ovsShape.json, minProperties: 1 },
};
