import { formatIp, parseIp, parseSubnet, type Subnet, sizeOf } from '../model/ip.ts';
import type { Interface, Testbed } from '../model/testbed.ts';
import { hashNumber } from './names.ts';

/**
 * Chooses an address for every interface that has none. The first try is a hash of the names, so an unrelated edit
 * changes nobody's address; a taken one is passed over upwards.
 */
export function chooseAddresses(testbed: Testbed): ReadonlyMap<Interface, string> {
  const chosen = new Map<Interface, string>();
  const wanting = testbed.machines.flatMap((machine) =>
    machine.network.flatMap((each, index) =>
      each.ip === undefined ? [{ each, key: [machine.name, String(index)] }] : [],
    ),
  );
  if (wanting.length === 0) return chosen;
  const pools = new Map(testbed.network.switches.map((each) => [each.name, poolOf(testbed, each.name, each.subnet)]));
  // In the order of names, not of the file: moving a machine within the file changes nothing.
  wanting.sort((a, b) => (a.key.join('\0') < b.key.join('\0') ? -1 : 1));
  for (const { each, key } of wanting) {
    const address = pools.get(each.switch)?.take(hashNumber('address', testbed.name, each.switch, ...key));
    if (address !== undefined) chosen.set(each, address);
  }
  return chosen;
}

interface Pool {
  take(hash: number): string | undefined;
}

function poolOf(testbed: Testbed, name: string, cidr: string): Pool {
  const subnet = parseSubnet(cidr)!;
  const taken = takenIn(testbed, name, subnet);
  // Neither the network's own address nor, in IPv4, broadcast; the first is left to a router that may come.
  const first = subnet.base + 2n;
  const room = sizeOf(subnet) - (subnet.version === 4 ? 3n : 2n);
  return {
    take: (hash) => {
      if (room <= 0n || BigInt(taken.size) >= sizeOf(subnet)) return undefined;
      let value = first + (BigInt(hash) % room);
      for (let tried = 0n; taken.has(value); tried += 1n) {
        if (tried >= room) return undefined;
        value = value + 1n >= first + room ? first : value + 1n;
      }
      taken.add(value);
      return formatIp({ version: subnet.version, value });
    },
  };
}

function takenIn(testbed: Testbed, name: string, subnet: Subnet): Set<bigint> {
  const { switches, routers } = testbed.network;
  const here = (text: string | undefined): bigint[] => {
    const ip = text === undefined ? undefined : parseIp(text.split('/')[0]!);
    return ip?.version === subnet.version ? [ip.value] : [];
  };
  const guests = testbed.machines.flatMap(({ network }) =>
    network.filter((each) => each.switch === name).flatMap((each) => [...here(each.ip), ...here(each.gateway)]),
  );
  const ports = switches
    .filter((each) => each.name === name)
    .flatMap((each) => each.ports.flatMap((port) => here(port.internal?.ip)));
  const doors = routers.flatMap((router) =>
    router.ports.filter((port) => port.switch === name).flatMap((port) => here(port.gateway_ip)),
  );
  return new Set([...guests, ...ports, ...doors]);
}
