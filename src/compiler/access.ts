import { accessNamespace } from '../model/host.ts';
import { linkLocal } from '../model/mac.ts';
import type { AccessLink, AccessPort, AccessRule, Reach, Resource } from '../model/resources.ts';
import { derivedMac, interfaceName } from './names.ts';
import type { Guest, Scene } from './scene.ts';

/**
 * The way in: for every switch and host with guests on it a port, a veth pair into the deployment's namespace and,
 * where the switch has access rules, one rule that lets the port pass them.
 */
export function compileAccess(scene: Scene): Resource[] {
  const ruled = new Set(scene.ovn.acl.switches.map(({ name }) => name));
  return placesOf(scene).flatMap(({ network, host }) => {
    const { port, link, rule } = accessOf(scene, network, host);
    return ruled.has(network) ? [port, link, rule] : [port, link];
  });
}

/** Where guests are that are reached over SSH. */
function placesOf({ guests, testbed }: Scene): { network: string; host: string }[] {
  const places = new Map<string, { network: string; host: string }>();
  if (testbed.network.kind !== 'ovn') return [];
  for (const guest of guests.filter(({ machine }) => machine.libvirt)) {
    for (const each of guest.interfaces) {
      const place = { network: each.switch.name, host: guest.host.name };
      places.set(`${place.network}\0${place.host}`, place);
    }
  }
  return [...places.values()];
}

function accessOf(
  scene: Scene,
  network: string,
  host: string,
): { port: AccessPort; link: AccessLink; rule: AccessRule } {
  const { names, inventory, mtu } = scene;
  const key = [names.deployment, network, host];
  const mac = derivedMac('access', ...key);
  const name = names.access(network, host);
  const parent = names.own(network);
  return {
    port: { kind: 'access.port', name, host: inventory.main, switch: parent, mac, chassis: host },
    rule: { kind: 'access.rule', name, host: inventory.main, switch: parent, mac },
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
    },
  };
}

function innerName(deployment: string, network: string, host: string): string {
  return interfaceName('kb-', deployment, network, host);
}

/** How a guest is reached over SSH: by each of its interfaces, in their order. */
export function reachOf({ names }: Scene, guest: Guest, user: string, keys: { key: boolean; hostKey: boolean }): Reach {
  const { deployment } = names;
  return {
    guest: guest.name,
    namespace: accessNamespace(deployment),
    routes: guest.interfaces.map(({ switch: { name }, mac }) => ({
      link: innerName(deployment, name, guest.host.name),
      address: linkLocal(mac),
      via: names.access(name, guest.host.name),
    })),
    user,
    ...(keys.key ? { keySecret: `${deployment}/ssh` } : {}),
    ...(keys.hostKey ? { hostKeySecret: `${deployment}/hostkey/${guest.name}` } : {}),
  };
}
