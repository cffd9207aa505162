import type { RealTransport } from '../transport.ts';
import { createGuestCarrier } from './create-guest-carrier.ts';

/** Readiness and scripts. */
export const guest: RealTransport<'guest'> = {
  tools: ['ip', 'socat', 'flock'],
  create: createGuestCarrier,
  query: undefined,
};
