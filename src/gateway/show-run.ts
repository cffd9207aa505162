import type { RunEnd, RunInfo, Runs } from '../client/runs.ts';
import type { FailureData } from '../model/failure.ts';
import type { EventLog, NumberedEvent } from '../ports/events.ts';
import type { Outbox } from './outbox.ts';
import { type StageTime, stageTimes } from './stage-times.ts';

const pageSize = 500;

/** Everything that is told about one run. */
interface ShownRun extends RunInfo {
  readonly end?: RunEnd;
  /** With host, command, exit code and last lines, where the log has them. */
  readonly failures: readonly { readonly item: string; readonly failure: FailureData }[];
  readonly stages: readonly StageTime[];
}

/** What happened in a run and how it ended, if it did. */
export async function showRun(runs: Pick<Runs, 'ended'>, events: EventLog, info: RunInfo): Promise<ShownRun> {
  const told: NumberedEvent[] = [];
  for await (const page of pagesOf(events, info.run, 0)) told.push(...page);
  const end = info.status === 'running' ? undefined : await runs.ended(info);
  return { ...info, ...(end === undefined ? {} : { end }), failures: failuresOf(end, told), stages: stageTimes(told) };
}

/** The outcome keeps failures short; the log has them in full. */
function failuresOf(end: RunEnd | undefined, events: readonly NumberedEvent[]): ShownRun['failures'] {
  const full = new Map(
    events.flatMap(({ code, data }) =>
      code === 'item-failed' ? [[String(data?.['item']), data as unknown as FailureData] as const] : [],
    ),
  );
  const failures = end?.outcome?.failures ?? [];
  if (failures.length === 0 && end?.failure) return [{ item: '', failure: end.failure }];
  return failures.map(({ item, failure }) => ({ item, failure: { ...full.get(item), ...failure } }));
}

/** Sends what the log of a run holds now after a number; returns false when the client is too slow for it. */
export async function sendEvents(
  events: EventLog,
  id: { readonly deployment: string; readonly run: string },
  request: { readonly id: string; readonly since: number },
  outbox: Outbox,
  gone: AbortSignal,
): Promise<boolean> {
  const run = `${id.deployment}/${id.run}`;
  for await (const page of pagesOf(events, id.run, request.since)) {
    for (const { source: _source, ...event } of page) outbox.send({ ...event, id: request.id, run });
    if (gone.aborted) return false;
    if (await outbox.room()) continue;
    outbox.cut({ type: 'behind', id: request.id, run, seq: page.at(-1)!.seq });
    return false;
  }
  return true;
}

async function* pagesOf(events: EventLog, run: string, since: number): AsyncGenerator<readonly NumberedEvent[]> {
  for (let after = since; ;) {
    const page = await events.read(run, after, pageSize);
    if (page.length > 0) yield page;
    if (page.length < pageSize) return;
    after = page.at(-1)!.seq;
  }
}
