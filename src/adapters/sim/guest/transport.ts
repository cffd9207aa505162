import type { SimulatedTransport } from '../transport.ts';
import { guestEffects, type HostOfGuests } from './effects.ts';
import type { GuestState } from './state.ts';

/** Readiness and scripts. */
export const guest: SimulatedTransport<'guest', HostOfGuests, GuestState> = {
  effects: guestEffects,
  empty: () => ({ jobs: {} }),
  answer: undefined,
};
