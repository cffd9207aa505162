import type { Position } from '../model/diagnostic.ts';
import { formatIp, parseIp } from '../model/ip.ts';
import type { Inventory } from '../model/host.ts';
import type { Testbed } from '../model/testbed.ts';

/** An IPv4 address of the server on a switch, from one host. */
export interface ServerAddress {
  readonly switch: string;
  readonly host: string;
  readonly ip: string;
  readonly at: Position;
}

/** The server's addresses where the user gave any: from the first on, every host has one, in the order of the hosts file. */
export function serverAddresses({ access }: Testbed, { hosts }: Inventory): ServerAddress[] {
  return (access?.addresses ?? []).flatMap(({ switch: parent, ip, at }) =>
    hosts.map(({ name }, index) => {
      const value = parseIp(ip)!.value + BigInt(index);
      return { switch: parent, host: name, ip: formatIp({ version: 4, value }), at };
    }),
  );
}
