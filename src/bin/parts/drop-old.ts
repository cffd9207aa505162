import { retentionDays } from '../../client/namespace.ts';
import { failureOf } from '../../model/failure.ts';
import type { Forgetful, Store } from '../../ports/store.ts';

const dayMs = 24 * 60 * 60 * 1000;

/** What is dropped, and who tells which runs have not ended. */
export interface OldThings {
  readonly store: Pick<Store, 'runs'>;
  readonly memory: readonly Forgetful[];
  /** Run ids, as Temporal knows them: a run that was terminated there could write no end into its record. */
  readonly underWay: () => Promise<ReadonlySet<string>>;
}

/** Drops what is about runs that Temporal has forgotten, now and every day; returns what stops that. */
export function dropOld(things: OldThings): () => void {
  const drop = async (): Promise<void> => {
    try {
      const dropped = await dropBefore(new Date(Date.now() - retentionDays * dayMs), things);
      if (dropped > 0) console.log(`dropped ${dropped} plans and event logs older than ${retentionDays} days`);
    } catch (error) {
      // Nothing depends on it, and it is tried again tomorrow.
      console.error(`plans and event logs older than ${retentionDays} days stay: ${failureOf(error).message}`);
    }
  };
  void drop();
  const timer = setInterval(() => void drop(), dayMs).unref();
  return () => clearInterval(timer);
}

/** Drops what was last written before a moment, but for what runs under way need; returns how many things. */
export async function dropBefore(moment: Date, { store, memory, underWay }: OldThings): Promise<number> {
  const runs = await underWay();
  const plans = new Set((await store.runs()).flatMap(({ run, plan }) => (runs.has(run) ? (plan ?? []) : [])));
  const counts = await Promise.all(memory.map((each) => each.dropBefore(moment, { runs, plans })));
  return counts.reduce((sum, each) => sum + each, 0);
}
