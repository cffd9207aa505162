import { formatSubnet, parseSubnet } from '../model/ip.ts';
import type { OvnSwitch, OvnSwitchPort, Resource } from '../model/resources.ts';
import type { Router, Switch, SwitchPort } from '../model/testbed-network.ts';
import { chassisOf } from './facts.ts';
import type { Scene } from './scene.ts';

/** Switches with their guests' ports and those of the file. */
export function compileSwitches(scene: Scene): Resource[] {
  const { switches, routers } = scene.ovn;
  const dhcp = new Set(routers.flatMap((router) => router.dhcp.map((rule) => rule.switch)));
  return [
    ...switches.map((each) => switchOf(scene, each, routers)),
    ...switches.flatMap((each) => each.ports.map((port) => filePort(scene, each, port))),
    ...(scene.testbed.network.kind === 'ovn' ? scene.guests.flatMap((guest) => guestPorts(scene, guest, dhcp)) : []),
  ];
}

function switchOf({ names, inventory }: Scene, { name, subnet }: Switch, routers: readonly Router[]): OvnSwitch {
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

function filePort({ facts, names, inventory }: Scene, parent: Switch, port: SwitchPort): OvnSwitchPort {
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

function guestPorts(scene: Scene, guest: Scene['guests'][number], dhcp: ReadonlySet<string>): OvnSwitchPort[] {
  const { names, inventory } = scene;
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
