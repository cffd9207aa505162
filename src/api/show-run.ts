import type { RunEnd, RunInfo, Runs } from '../client/runs.ts';
import type { EventLog, NumberedEvent } from '../ports/events.ts';
import { failure } from './answers/failure.ts';
import type { ShownRun } from './answers/run.ts';
import { eventsOf } from './events-of.ts';
import { stageTimes } from './stage-times.ts';

/** What happened in a run and how it ended, if it did. */
export async function showRun(runs: Pick<Runs, 'ended'>, events: EventLog, info: RunInfo): Promise<ShownRun> {
  const told: NumberedEvent[] = [];
  for await (const event of eventsOf(events, info.run, 0)) told.push(event);
  const end = info.status === 'running' ? undefined : await runs.ended(info);
  return { ...info, ...(end === undefined ? {} : { end }), failures: failuresOf(end, told), stages: stageTimes(told) };
}

/** The outcome keeps failures short; the log has them in full. */
function failuresOf(end: RunEnd | undefined, events: readonly NumberedEvent[]): ShownRun['failures'] {
  const full = new Map(
    events.flatMap(({ code, data }) => {
      const told = code === 'item-failed' ? failure.loose().safeParse(data) : undefined;
      return told?.success ? [[String(data?.['item']), told.data] as const] : [];
    }),
  );
  const failures = end?.outcome?.failures ?? [];
  if (failures.length === 0 && end?.failure) return [{ item: '', failure: end.failure }];
  return failures.map(({ item, failure: short }) => ({ item, failure: { ...full.get(item), ...short } }));
}
