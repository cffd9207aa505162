import type { Accelerator } from './host.ts';

/** How many guests may boot at the same time on a host, of all deployments together. */
export interface Admission {
  /** At the beginning; it moves between the two others with what waits for a processor. */
  readonly start: number;
  readonly least: number;
  readonly most: number;
}

/** What a person asked for: so many and never more, or all at once. */
export type BootParallelism = number | 'all';

/** More than any host carries: the valve is open. */
const everybody = 100_000;

/**
 * Boots per core: emulated ones are work of the processor from end to end, others mostly wait. More emulated ones than
 * cores throw each other's translated code out of the caches: eight boots of the tiny guest on two cores took 17.8 s two
 * at a time, 19.7 s three, 23.6 s four, 35.2 s all at once (QEMU 7.2). The half above one per core fills the moments in
 * which a guest waits for a timer or a disk.
 */
const perCore = { qemu: { start: 1.5, least: 1, most: 2 }, kvm: { start: 4, least: 2, most: 10 } } as const;

/** Decides how many guests boot at a time, from what the host is or what a person asked for. */
export function admissionOf(
  host: { readonly cores: number; readonly accelerator: Accelerator },
  asked?: BootParallelism,
): Admission {
  if (asked !== undefined) return fixed(asked === 'all' ? everybody : asked);
  const { start, least, most } = perCore[host.accelerator];
  const times = (factor: number): number => Math.max(1, Math.round(host.cores * factor));
  return { start: times(start), least: times(least), most: times(most) };
}

function fixed(number: number): Admission {
  return { start: number, least: number, most: number };
}

/** For plans made before there was one: a small host. */
export const unknownAdmission: Admission = admissionOf({ cores: 2, accelerator: 'qemu' });

/** True where every guest boots at once. */
export function isOpen({ least }: Admission): boolean {
  return least >= everybody;
}
