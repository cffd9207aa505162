import { type Admission, admissionOf, type BootParallelism, isOpen } from '../model/admission.ts';
import type { Batch, Plan } from '../model/plan.ts';
import type { HostFacts } from '../model/host.ts';

/** Writes into every batch that lets guests boot how many may at a time on its host. */
export function withAdmission(
  batches: readonly Batch[],
  facts: ReadonlyMap<string, HostFacts>,
  asked: BootParallelism | undefined,
): Batch[] {
  return batches.map((batch) => {
    const host = facts.get(batch.host);
    if (guestsOf(batch) === 0 || (host === undefined && asked === undefined)) return batch;
    const wanted = batch.target.accelerator;
    const accelerator = wanted === 'auto' ? (host?.accelerator ?? 'qemu') : wanted;
    return { ...batch, admission: admissionOf({ cores: host?.cores ?? 1, accelerator }, asked) };
  });
}

/** For people: on which hosts not all guests boot at once. */
export function printBoots({ batches }: Plan): string[] {
  const hosts = new Map<string, { guests: number; admission: Admission }>();
  for (const batch of batches) {
    if (batch.admission === undefined || isOpen(batch.admission)) continue;
    const guests = (hosts.get(batch.host)?.guests ?? 0) + guestsOf(batch);
    hosts.set(batch.host, { guests, admission: batch.admission });
  }
  return [...hosts]
    .filter(([, { guests, admission }]) => guests > admission.start)
    .map(
      ([
        host,
        {
          guests,
          admission: { least, start, most },
        },
      ]) => {
        const number = least === most ? `at most ${start}` : `about ${start} (${least} to ${most})`;
        return `${guests} guests boot on ${host}, ${number} at a time`;
      },
    );
}

function guestsOf({ items }: Batch): number {
  return items.filter(({ op }) => op.transport === 'guest' && op.do === 'ready').length;
}
