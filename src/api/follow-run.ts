import type { RunEnd, RunId } from '../client/runs.ts';
import { failureOf } from '../model/failure.ts';
import type { NumberedEvent } from '../ports/events.ts';
import { eventsOf } from './events-of.ts';
import type { ApiParts, Caller } from './parts.ts';
import { nameOf } from './run-names.ts';

/**
 * Tells a run's events after `since` as they come, and then how it ended; undefined where the caller has gone or was
 * cut off. The end comes from Temporal, never from the log.
 */
export async function followRun(
  { runs, events }: Pick<ApiParts, 'runs' | 'events'>,
  id: RunId,
  since: number,
  caller: Pick<Caller, 'tell' | 'gone'>,
): Promise<RunEnd | undefined> {
  const run = nameOf(id);
  let seq = since;
  /** False when the caller was cut off. */
  const deliver = async (event: NumberedEvent): Promise<boolean> => {
    if (event.seq <= seq) return true;
    seq = event.seq;
    return caller.tell(run, event);
  };
  const ended = new AbortController();
  const left = new AbortController();
  const end = runs.ended(id, AbortSignal.any([caller.gone, left.signal])).finally(() => ended.abort());
  end.catch(() => undefined);
  const stop = AbortSignal.any([caller.gone, ended.signal]);
  try {
    for await (const event of events.follow(id.run, seq, stop)) if (!(await deliver(event))) return undefined;
  } catch (error) {
    if (!stop.aborted) throw error;
  } finally {
    // A caller that leaves before the run has ended leaves nothing behind that waits for it.
    if (!ended.signal.aborted) left.abort();
  }
  if (caller.gone.aborted) return undefined;
  const result = await end.catch((error: unknown): RunEnd => ({ status: 'failed', failure: failureOf(error) }));
  // The run's last events were flushed before it ended; following may have stopped before it saw them.
  for await (const event of eventsOf(events, id.run, seq)) {
    if (caller.gone.aborted || !(await deliver(event))) return undefined;
  }
  return result;
}
