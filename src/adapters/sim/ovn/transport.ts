import type { SimulatedTransport } from '../transport.ts';
import { answerOvn } from './answer.ts';
import { ovnEffects } from './effects.ts';
import type { OvnState } from './state.ts';

/** A northbound database. */
export const ovn: SimulatedTransport<'ovn', OvnState, OvnState> = {
  effects: ovnEffects,
  empty: () => ({ rows: {} }),
  answer: answerOvn,
};
