import type { CarriedTransport } from '../../model/transport/table.ts';
import { files } from './files/transport.ts';
import { guest } from './guest/transport.ts';
import { libvirt } from './libvirt/transport.ts';
import { links } from './links/transport.ts';
import { ovn } from './ovn/transport.ts';
import type { SimulatedTransport } from './transport.ts';

/** One line per transport; a transport without its line does not compile. What a simulated host holds follows. */
export const registered = { ovn, files, links, libvirt, guest } satisfies {
  readonly [T in CarriedTransport]: SimulatedTransport<T, never>;
};
