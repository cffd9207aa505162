import type { EventLog, NumberedEvent } from '../ports/events.ts';

const pageSize = 500;

/** What the log of a run holds now after a number. */
export async function* eventsOf(events: EventLog, run: string, since: number): AsyncGenerator<NumberedEvent> {
  for (let after = since; ;) {
    const page = await events.read(run, after, pageSize);
    yield* page;
    if (page.length < pageSize) return;
    after = page.at(-1)!.seq;
  }
}
