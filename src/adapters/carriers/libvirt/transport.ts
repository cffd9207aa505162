import { readProgram } from '../../../programs/read-program.ts';
import { bootFunction } from '../../host/boot.ts';
import type { RealTransport } from '../transport.ts';
import { parseLibvirt } from './answer.ts';
import { createLibvirtCarrier } from './create-libvirt-carrier.ts';

/** Domains and their ports. */
export const libvirt: RealTransport<'libvirt'> = {
  tools: ['virsh', 'qemu-system-x86_64', 'ovs-vsctl'],
  create: ({ runner }) => createLibvirtCarrier(runner),
  query: { program: bootFunction + readProgram(import.meta.url, './observe.sh'), parse: parseLibvirt },
};
