import type { NumberedEvent, EventLog } from '../ports/events.ts';
import type { RunId, Runs } from '../client/runs.ts';
import { failureOf } from '../model/failure.ts';
import type { Outbox } from './outbox.ts';
import type { ServerFrame } from './protocol/frames.ts';

const pageSize = 500;

/** What following a run needs. */
interface Sources {
  readonly runs: Pick<Runs, 'ended'>;
  readonly events: EventLog;
}

/** Sends a run's events after `since` as they come, then its result. The result comes from Temporal, never from the log. */
export async function followRun(
  { runs, events }: Sources,
  id: RunId,
  request: { readonly id: string; readonly since: number },
  outbox: Outbox,
  signal: AbortSignal,
): Promise<void> {
  const run = `${id.deployment}/${id.run}`;
  let seq = request.since;
  let cut = false;
  const deliver = async (event: NumberedEvent): Promise<void> => {
    if (event.seq <= seq || cut) return;
    outbox.send(frameOf(event, request.id, run));
    seq = event.seq;
    if (await outbox.room()) return;
    cut = true;
    outbox.cut({ type: 'behind', id: request.id, run, seq });
  };
  const ended = new AbortController();
  const left = new AbortController();
  const end = runs.ended(id, AbortSignal.any([signal, left.signal])).finally(() => ended.abort());
  end.catch(() => undefined);
  const stop = AbortSignal.any([signal, ended.signal]);
  try {
    for await (const event of events.follow(id.run, seq, stop)) {
      await deliver(event);
      if (cut) return;
    }
  } catch (error) {
    if (!stop.aborted) throw error;
  } finally {
    // Whoever leaves before the run has ended leaves nothing behind that waits for it.
    if (!ended.signal.aborted) left.abort();
  }
  if (signal.aborted) return;
  const result = await resultFrame(end, request.id, run);
  // The run's last events were flushed before it ended; following may have stopped before it saw them.
  for (
    let page = await events.read(id.run, seq, pageSize);
    page.length > 0;
    page = await events.read(id.run, seq, pageSize)
  ) {
    for (const event of page) await deliver(event);
    if (cut || signal.aborted) return;
  }
  outbox.send(result);
}

function frameOf({ source: _source, ...event }: NumberedEvent, id: string, run: string): ServerFrame {
  return { ...event, id, run };
}

async function resultFrame(end: ReturnType<Runs['ended']>, id: string, run: string): Promise<ServerFrame> {
  try {
    const { status, outcome, failure } = await end;
    return {
      type: 'result',
      id,
      run,
      status,
      ...(outcome === undefined ? {} : { data: outcome }),
      ...(failure === undefined ? {} : { failure }),
    };
  } catch (error) {
    return { type: 'result', id, run, status: 'failed', failure: failureOf(error) };
  }
}
