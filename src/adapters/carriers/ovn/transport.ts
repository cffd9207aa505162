import { readProgram } from '../../../programs/read-program.ts';
import type { RealTransport } from '../transport.ts';
import { ovnQuery, parseOvn } from './answer.ts';
import { createOvnCarrier } from './create-ovn-carrier.ts';

/** Northbound rows. */
export const ovn: RealTransport<'ovn'> = {
  tools: ['ovsdb-client'],
  create: ({ runner }) => createOvnCarrier(runner),
  query: { program: readProgram(import.meta.url, './observe.sh'), data: ovnQuery, parse: parseOvn },
};
