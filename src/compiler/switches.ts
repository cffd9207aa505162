import { formatSubnet, parseSubnet } from '../model/ip.ts';
import type { OvnSwitch, OvnSwitchPort, Resource } from '../model/resources.ts';
import type { Router, Switch, SwitchPort } from '../model/testbed-network.ts';
import { chassisOf } from './facts.ts';
import type { CompileContext } from './compile-context.ts';

/** Switches with their guests' ports and those of the file. */
export function compileSwitches(context: CompileContext): Resource[] {
  const { switches, routers } = context.ovn;
  const dhcp = new Set(routers.flatMap((router) => router.dhcp.map((rule) => rule.switch)));
  return [
    ...switches.map((each) => switchOf(context, each, routers)),
    ...switches.flatMap((each) => each.ports.map((port) => filePort(context, each, port))),
    ...(context.testbed.network.kind === 'ovn'
      ? context.guests.flatMap((guest) => guestPorts(context, guest, dhcp))
      : []),
  ];
}

function switchOf(
  { names, inventory }: CompileContext,
  { name, subnet }: Switch,
  routers: readonly Router[],
): OvnSwitch {
  const excluded = routers.flatMap(({ dhcp }) =>
    dhcp.filter((rule) => rule.switch === name).flatMap((rule) => rule.exclude_ips ?? []),
  );
  const ranges = excluded.map(({ from, to }) => `${from}..${to}`);
  return {
    kind: 'ovn.switch',
    name: names.own(name),
    host: inventory.main,
    subnet: formatSubnet(parseSubnet(subnet)!),
    ...(ranges.length > 0 ? { excludeIps: ranges.join(' ') } : {}),
  };
}

function filePort({ facts, names, inventory }: CompileContext, parent: Switch, port: SwitchPort): OvnSwitchPort {
  const base = {
    kind: 'ovn.switch-port',
    name: names.own(port.name),
    host: inventory.main,
    switch: names.own(parent.name),
  } as const;
  if (port.localnet) {
    return { ...base, type: 'localnet', addresses: ['unknown'], options: { network_name: port.localnet.network_name } };
  }
  const { ip, mac, network_name } = port.internal!;
  const options = {
    ...(network_name === undefined ? {} : { network_name }),
    ...(port.chassis === undefined ? {} : { 'requested-chassis': chassisOf(facts, port.chassis) }),
  };
  return {
    ...base,
    type: 'internal',
    addresses: [`${mac} ${ip}`],
    ...(Object.keys(options).length > 0 ? { options } : {}),
  };
}

function guestPorts(
  context: CompileContext,
  guest: CompileContext['guests'][number],
  dhcp: ReadonlySet<string>,
): OvnSwitchPort[] {
  const { names, inventory } = context;
  return guest.interfaces.map((each) => ({
    kind: 'ovn.switch-port',
    name: each.port,
    host: inventory.main,
    guest: guest.name,
    switch: names.own(each.switch.name),
    type: 'guest',
    addresses: [each.ip === undefined ? each.mac : `${each.mac} ${each.ip}`],
    ...(each.ip === 'dynamic' && dhcp.has(each.switch.name) ? { dhcp: names.own(each.switch.name) } : {}),
    ...(each.networkName === undefined ? {} : { options: { network_name: each.networkName } }),
  }));
}
