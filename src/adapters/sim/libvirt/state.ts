import type { Domain } from '../../../model/resources.ts';

/** A domain as the simulated libvirt and Open vSwitch hold it. */
export interface SimulatedDomain {
  domain: Domain;
  /** The XML it was defined with: its mark is read from there, as from the real one. */
  xml: string;
  state: 'running' | 'paused' | 'shut off';
  /** Rises with every power-on. */
  boot: number;
}

/** What the simulated libvirt holds, and its ports. */
export interface LibvirtState {
  domains: Record<string, SimulatedDomain>;
  /** `external_ids` of ports as Open vSwitch holds them, by domain, then by tap. They stay when the domain is gone. */
  ports: Record<string, Record<string, Record<string, string>>>;
  boots: number;
}

/** What names one power-on of a simulated domain; empty when it does not run. */
export function bootOf({ state, boot }: SimulatedDomain): string {
  return state === 'shut off' ? '' : `boot ${boot}`;
}
