import { files } from './carriers/files/transport.ts';
import { guest } from './carriers/guest/transport.ts';
import { libvirt } from './carriers/libvirt/transport.ts';
import { links } from './carriers/links/transport.ts';
import { ovn } from './carriers/ovn/transport.ts';
import type { RealTransports } from './carriers/transport.ts';

/** One line per transport; a transport without its line does not compile. */
export const realTransports: RealTransports = { ovn, files, links, libvirt, guest };
