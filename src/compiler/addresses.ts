import { formatIp, parseIp, parseSubnet, sizeOf, type Subnet } from '../model/ip.ts';
import type { OvnNetwork, Switch } from '../model/testbed-network.ts';
import type { Interface } from '../model/testbed.ts';
import { hashNumber } from './names.ts';
import type { Instance } from './instances.ts';

/**
 * Chooses an address for every interface that has none. The first try is a hash of the names, so an unrelated edit
 * changes nobody's address; a taken one is passed over upwards.
 */
export function chooseAddresses(
  deployment: string,
  ovn: OvnNetwork,
  instances: readonly Instance[],
  others: readonly { readonly switch: string; readonly ip: string }[],
): ReadonlyMap<Interface, string> {
  const chosen = new Map<Interface, string>();
  const wanting = instances.flatMap(({ name, interfaces: wires }) =>
    wires.flatMap((iface, index) => (iface.ip === undefined ? [{ wire: iface, key: `${name}\0${index}` }] : [])),
  );
  if (wanting.length === 0) return chosen;
  const taken = takenAddresses(ovn, instances);
  for (const each of others) taken.get(each.switch)?.push(each.ip);
  const pools = new Map(ovn.switches.map((each) => [each.name, poolOf(each, taken.get(each.name) ?? [])]));
  // In the order of names, not of the file: moving a machine within the file changes nothing.
  wanting.sort((a, b) => (a.key < b.key ? -1 : 1));
  for (const { wire: iface, key } of wanting) {
    const address = pools.get(iface.switch)?.(hashNumber('address', deployment, iface.switch, key));
    if (address !== undefined) chosen.set(iface, address);
  }
  return chosen;
}

/** Takes a free address out of a subnet, the one a hash points at or the next. */
type Pool = (hash: number) => string | undefined;

function poolOf({ subnet: cidr }: Switch, given: readonly string[]): Pool {
  const subnet = parseSubnet(cidr)!;
  const taken = new Set(given.flatMap((text) => valueIn(subnet, text)));
  // Neither the network's own address nor, in IPv4, broadcast; the first is left to a router that may come.
  const first = subnet.base + 2n;
  const room = sizeOf(subnet) - (subnet.version === 4 ? 3n : 2n);
  return (hash) => {
    if (room <= 0n) return undefined;
    let value = first + (BigInt(hash) % room);
    for (let tried = 0n; taken.has(value); tried += 1n) {
      if (tried >= room) return undefined;
      value = value + 1n >= first + room ? first : value + 1n;
    }
    taken.add(value);
    return formatIp({ version: subnet.version, value });
  };
}

function valueIn(subnet: Subnet, text: string): bigint[] {
  const ip = parseIp(text.split('/')[0]!);
  return ip?.version === subnet.version ? [ip.value] : [];
}

/** Every address somebody wrote, by switch. */
function takenAddresses(
  { switches, routers }: OvnNetwork,
  instances: readonly Instance[],
): ReadonlyMap<string, string[]> {
  const taken = new Map<string, string[]>(switches.map(({ name }) => [name, []]));
  const take = (parent: string, text: string | undefined): void => {
    if (text !== undefined) taken.get(parent)?.push(text);
  };
  for (const iface of instances.flatMap(({ interfaces: wires }) => wires)) {
    take(iface.switch, iface.ip);
    take(iface.switch, iface.gateway);
  }
  for (const each of switches) for (const port of each.ports) take(each.name, port.internal?.ip);
  for (const port of routers.flatMap(({ ports }) => ports)) take(port.switch, port.gateway_ip);
  return taken;
}
