import type { LaterResource, Resource } from '../model/resources.ts';
import type { BridgeNetwork } from '../model/testbed-network.ts';
import { bridgeHosts, flatSubnet } from './flat-network.ts';
import { shortName } from './names.ts';
import type { CompileContext } from './compile-context.ts';

/** Bridges, the links between them, and the NAT network that is their way out. */
export function compileBridges(context: CompileContext): Resource[] {
  const { network } = context.testbed;
  if (network.kind !== 'bridges') return [];
  const at = bridgeHosts(network, context.inventory);
  return [
    ...wayOut(context, network),
    ...network.bridges.map((bridge) =>
      later(context, 'ovs.bridge', bridge.name, at.get(bridge.name)!, [], {
        protocol: bridge.protocol,
        ...(bridge.controller === undefined ? {} : { controller: bridge.controller }),
      }),
    ),
    ...network.connections.flatMap(({ from, to }) => connection(context, from, to, at)),
    ...network.nics.map(({ nic_name, testbed_bridge, testbed_host }) =>
      later(context, 'ovs.link', `${testbed_bridge}-${nic_name}`, testbed_host, [bridgeRef(context, testbed_bridge)], {
        nic: nic_name,
      }),
    ),
  ];
}

type LaterKind = 'ovs.bridge' | 'ovs.link' | 'ovs.tunnel' | 'libvirt.network';

function later(
  { names }: CompileContext,
  kind: LaterKind,
  name: string,
  host: string,
  needs: readonly string[],
  settings: Readonly<Record<string, string>>,
): LaterResource {
  return { kind, name: shortName(names.own(name)), host, needs, settings };
}

function bridgeRef({ names }: CompileContext, name: string): string {
  return `ovs.bridge:${shortName(names.own(name))}`;
}

/** A NAT network of libvirt on the main host, joined to the external bridge. */
function wayOut(context: CompileContext, { external_bridge: bridge }: BridgeNetwork): LaterResource[] {
  if (bridge === undefined) return [];
  const { inventory, names } = context;
  const network = later(context, 'libvirt.network', 'network', inventory.main, [], {
    bridge: shortName(names.own('prjbr0')),
    subnet: flatSubnet(names.deployment),
    forward: 'nat',
  });
  const needs = [`libvirt.network:${network.name}`, bridgeRef(context, bridge)];
  return [network, later(context, 'ovs.link', `${bridge}-external`, inventory.main, needs, { to: network.name })];
}

/** Two bridges on one host are linked, on two hosts tunnelled: one end on each. */
function connection(
  context: CompileContext,
  from: string,
  to: string,
  at: ReadonlyMap<string, string>,
): LaterResource[] {
  const ends = [
    { bridge: from, host: at.get(from), far: to },
    { bridge: to, host: at.get(to), far: from },
  ];
  const [near, remote] = [at.get(from), at.get(to)];
  if (near === undefined || remote === undefined) return [];
  const needs = [bridgeRef(context, from), bridgeRef(context, to)];
  if (near === remote) return [later(context, 'ovs.link', `${from}-${to}`, near, needs, { to: context.names.own(to) })];
  return ends.map(({ bridge, host, far }) =>
    later(context, 'ovs.tunnel', `${bridge}-to-${far}`, host!, [bridgeRef(context, bridge)], {
      type: 'geneve',
      key: `${from}${to}`,
      remote: context.inventory.hosts.find(({ name }) => name === at.get(far))!.address,
    }),
  );
}
