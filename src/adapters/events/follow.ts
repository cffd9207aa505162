import type { EventLog } from '../../ports/events.ts';

/** How many events a follower takes at once. */
const pageSize = 1000;

/** Tells that a run may have grown. */
interface Growth {
  changes(): number;
  changed(since: number, signal: AbortSignal): Promise<void>;
}

/** Follows any log that can be read from a number on. */
export async function* followBy(
  read: EventLog['read'],
  growth: Growth,
  ...[run, after, signal]: Parameters<EventLog['follow']>
): ReturnType<EventLog['follow']> {
  let observed = after;
  while (!signal.aborted) {
    // Before reading: what comes meanwhile is a change since.
    const changes = growth.changes();
    const events = await read(run, observed, pageSize);
    for (const event of events) {
      if (signal.aborted) return;
      yield event;
      observed = event.seq;
    }
    if (events.length < pageSize) await growth.changed(changes, signal);
  }
}
