import type { TransportName } from '../kind.ts';
import { files } from './files.ts';
import { guest } from './guest.ts';
import { later } from './later.ts';
import { libvirt } from './libvirt.ts';
import { links } from './links.ts';
import { ovn } from './ovn.ts';
import type { Transport } from './transport.ts';

/** One line per transport: its operations, its answers and the ports of a world follow from it. */
export const transports = { ovn, files, links, libvirt, guest, later } satisfies {
  readonly [T in TransportName]: Transport<{ readonly transport: T }, unknown>;
};

/** A transport that has a carrier. */
export type CarriedTransport = Exclude<TransportName, 'later'>;

/** False for kinds that nobody can carry yet: they are refused while planning. */
export function isCarried(name: TransportName): name is CarriedTransport {
  return name !== 'later';
}

/** Every transport that has a carrier. */
export const carriedTransports: readonly CarriedTransport[] = (Object.keys(transports) as TransportName[]).filter(
  isCarried,
);
