import { readProgram } from '../../../programs/read-program.ts';
import type { RealTransport } from '../transport.ts';
import { parseLinks } from './answer.ts';
import { createLinksCarrier } from './create-links-carrier.ts';

/** Namespaces and access ports. */
export const links: RealTransport<'links'> = {
  tools: ['ip', 'ethtool', 'ovs-vsctl'],
  create: ({ runner }) => createLinksCarrier(runner),
  query: { program: readProgram(import.meta.url, './observe.sh'), parse: parseLinks },
};
