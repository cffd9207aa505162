import { accessNamespace } from '../model/host.ts';
import { parseIp, parseSubnet } from '../model/ip.ts';
import { linkLocal } from '../model/mac.ts';
import type { AccessLink, AccessPort, AccessRule, Reach, Resource } from '../model/resources.ts';
import { derivedMac, interfaceName } from './names.ts';
import type { Guest, CompileContext } from './compile-context.ts';
import { serverAddresses } from './server-addresses.ts';

/**
 * The way in: for every switch and host with guests on it a port, a veth pair into the deployment's namespace and,
 * where the switch has access rules, one rule that lets the port pass them.
 */
export function compileAccess(context: CompileContext): Resource[] {
  const ruled = new Set(context.ovn.acl.switches.map(({ name }) => name));
  return placesOf(context).flatMap(({ network, host }) => {
    const { port, link, rule } = accessOf(context, network, host);
    return ruled.has(network) ? [port, link, rule] : [port, link];
  });
}

/** Where guests are that are reached over SSH; nowhere, where the user wants no access. */
function placesOf({ guests, testbed }: CompileContext): { network: string; host: string }[] {
  const places = new Map<string, { network: string; host: string }>();
  if (testbed.network.kind !== 'ovn' || testbed.access?.how === 'none') return [];
  for (const guest of guests.filter(({ machine }) => machine.libvirt)) {
    for (const each of guest.interfaces) {
      const place = { network: each.switch.name, host: guest.host.name };
      places.set(`${place.network}\0${place.host}`, place);
    }
  }
  return [...places.values()];
}

function accessOf(
  context: CompileContext,
  network: string,
  host: string,
): { port: AccessPort; link: AccessLink; rule: AccessRule } {
  const { names, inventory, mtu } = context;
  const key = [names.deployment, network, host];
  const mac = derivedMac('access', ...key);
  const name = names.access(network, host);
  const parent = names.own(network);
  const address = serverAddress(context, network, host);
  const own = address === undefined ? {} : { address: address.ip };
  return {
    port: { kind: 'access.port', name, host: inventory.main, switch: parent, mac, chassis: host, ...own },
    rule: { kind: 'access.rule', name, host: inventory.main, switch: parent, mac, ...own },
    link: {
      kind: 'access.link',
      name,
      host,
      namespace: accessNamespace(names.deployment),
      port: name,
      outer: interfaceName('ka-', ...key),
      inner: innerName(names.deployment, network, host),
      mac,
      mtu,
      ...(address === undefined ? {} : { address: `${address.ip}/${address.prefix}` }),
    },
  };
}

/** The server's IPv4 address on a switch from a host, where the user gave any. */
function serverAddress(
  { inventory, ovn, testbed }: CompileContext,
  network: string,
  host: string,
): { ip: string; prefix: number } | undefined {
  const own = serverAddresses(testbed, inventory).find((each) => each.switch === network && each.host === host);
  const subnet = ovn.switches.find(({ name }) => name === network)?.subnet;
  return own && subnet !== undefined ? { ip: own.ip, prefix: parseSubnet(subnet)!.prefix } : undefined;
}

function innerName(deployment: string, network: string, host: string): string {
  return interfaceName('kb-', deployment, network, host);
}

/** How a guest is reached over SSH: by each of its interfaces, in their order; by IPv4 where that was asked for. */
export function reachOf(
  context: CompileContext,
  guest: Guest,
  user: string,
  keys: { key: boolean; hostKey: boolean },
): Reach {
  const { names, testbed } = context;
  const { deployment } = names;
  const doors = testbed.access?.how === 'none' ? [] : guest.interfaces;
  const routeOf = ({ switch: { name } }: Guest['interfaces'][number], address: string): Reach['routes'][number] => ({
    link: innerName(deployment, name, guest.host.name),
    address,
    via: names.access(name, guest.host.name),
  });
  const byIp4 = doors.filter(
    ({ ip = '', switch: { name } }) =>
      parseIp(ip)?.version === 4 && serverAddress(context, name, guest.host.name) !== undefined,
  );
  return {
    guest: guest.name,
    namespace: accessNamespace(deployment),
    routes: [
      ...doors.map((each) => routeOf(each, linkLocal(each.mac))),
      ...byIp4.map((each) => routeOf(each, each.ip!)),
    ],
    user,
    ...(keys.key ? { keySecret: `${deployment}/ssh` } : {}),
    ...(keys.hostKey ? { hostKeySecret: `${deployment}/hostkey/${guest.name}` } : {}),
  };
}
