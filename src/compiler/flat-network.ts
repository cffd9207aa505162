import type { Inventory } from '../model/host.ts';
import type { BridgeNetwork } from '../model/testbed-network.ts';
import { hashNumber } from './names.ts';

/** Which host each bridge of the older format is on: bridge by bridge around the hosts. */
export function bridgeHosts({ bridges }: BridgeNetwork, { hosts }: Inventory): ReadonlyMap<string, string> {
  return new Map(bridges.map(({ name }, index) => [name, hosts[index % hosts.length]!.name]));
}

/** The one subnet all guests of the older format are in; of a deployment always the same. */
export function flatSubnet(deployment: string): string {
  const number = hashNumber('flat', deployment);
  return `10.${number % 256}.${Math.floor(number / 256) % 256}.0/24`;
}
