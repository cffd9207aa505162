import { hash } from 'node:crypto';

import { deploymentFolder } from '../model/host.ts';
import { macFromNumber } from '../model/mac.ts';

/** Names on hosts and on the wire, all from the deployment's name. */
export interface Names {
  readonly deployment: string;
  /** `<deployment>-<name>`: domains, switches, routers, disks, seeds. */
  own(name: string): string;
  guestPort(network: string, machine: string, index: number): string;
  access(network: string, host: string): string;
  folder(host: string): string;
  push(sha256: string, host: string): string;
  /** Path below the deployment's folder on a host. */
  path(...parts: readonly string[]): string;
}

/** The names of a deployment. */
export function namesOf(deployment: string): Names {
  const own = (name: string): string => `${deployment}-${name}`;
  return {
    deployment,
    own,
    guestPort: (network, machine, index) => `${own(network)}-${machine}-${index}`,
    access: (network, host) => `${own(network)}-access-${host}`,
    folder: (host) => `${deployment}@${host}`,
    push: (sha256, host) => `${deployment}/${sha256.slice(0, 12)}@${host}`,
    path: (...parts) => [deploymentFolder(deployment), ...parts].join('/'),
  };
}

/** Interface names have at most 15 characters: cutting would make two of one, so they are hashes. */
export function interfaceName(prefix: 'vm-' | 'ka-' | 'kb-', ...parts: readonly string[]): string {
  return prefix + digest(parts).toString('hex').slice(0, 10);
}

/** A MAC address from names: locally administered, unicast, and not 0xfe, which libvirt keeps for taps. */
export function derivedMac(...parts: readonly string[]): string {
  return macFromNumber(0x0a_00_00_00_00_00 + digest(parts).readUIntBE(0, 5));
}

/** A number from names, the same for ever. */
export function hashNumber(...parts: readonly string[]): number {
  return digest(parts).readUIntBE(0, 6);
}

function digest(parts: readonly string[]): Buffer {
  return hash('sha256', parts.join('\0'), 'buffer');
}

/** A name that is an interface's on its host: as it is where it fits, else a hash of it. */
export function shortName(name: string): string {
  return name.length <= 15 ? name : `kc-${digest([name]).toString('hex').slice(0, 12)}`;
}
