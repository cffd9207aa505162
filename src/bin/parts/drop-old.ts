import { retentionDays } from '../../client/namespace.ts';
import { failureOf } from '../../model/failure.ts';
import type { Forgetful, Store } from '../../ports/store.ts';

const dayMs = 24 * 60 * 60 * 1000;

/** Drops what is about runs that Temporal has forgotten, now and every day; returns what stops that. */
export function dropOld(store: Store, memory: readonly Forgetful[]): () => void {
  const drop = async (): Promise<void> => {
    const moment = new Date(Date.now() - retentionDays * dayMs);
    try {
      const running = (await store.runs()).filter(({ status }) => status === 'running');
      const keep = {
        runs: new Set(running.map(({ run }) => run)),
        plans: new Set(running.flatMap(({ plan }) => plan ?? [])),
      };
      const counts = await Promise.all(memory.map((each) => each.dropBefore(moment, keep)));
      const dropped = counts.reduce((sum, each) => sum + each, 0);
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
