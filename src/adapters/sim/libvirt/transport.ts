import type { SimulatedTransport } from '../transport.ts';
import { answerLibvirt } from './answer.ts';
import { type HostOfDomains, libvirtEffects } from './effects.ts';
import type { LibvirtState } from './state.ts';

/** Domains and their ports. */
export const libvirt: SimulatedTransport<'libvirt', HostOfDomains, LibvirtState> = {
  effects: libvirtEffects,
  empty: () => ({ domains: {}, ports: {}, boots: 0 }),
  answer: answerLibvirt,
};
