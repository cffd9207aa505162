import { failureOf } from '../../model/failure.ts';
import type { EventLog } from '../../ports/events.ts';
import type { Forgetful } from '../../ports/store.ts';
import type { PostgresDatabase } from '../postgres/database.ts';
import { followBy } from './follow.ts';
import { eventOf, lineOf } from './line.ts';
import { channel, runListener } from './listener.ts';

/** With a database this far behind, further events of a run are dropped rather than kept in memory. */
const backlogLimit = 100_000;
/** How many events one statement takes. */
const burst = 5000;

/** Events of a run that wait to be written, and the writing of them. */
interface Outbox {
  waiting: string[];
  next: Promise<void> | undefined;
  last: Promise<void>;
}

/**
 * Numbers are given by the row of the run's last number: it is locked until the events are readable, so that they come
 * into sight in order and without a gap, whichever machines write, and a failed write takes its numbers back.
 */
const append = `WITH head AS (
    INSERT INTO event_heads (run, last) VALUES ($1, $2)
    ON CONFLICT (run) DO UPDATE SET last = event_heads.last + $2 RETURNING last
  ), added AS (
    INSERT INTO events (run, seq, body)
    SELECT $1, head.last - $2 + line.place, line.body FROM head, unnest($3::text[]) WITH ORDINALITY AS line (body, place)
  )
  SELECT pg_notify('${channel}', $1) FROM head`;

/** Backwards over the run's numbers until one matches. As text: not every JSON text is one PostgreSQL can take apart. */
const lastOfScript = `SELECT body FROM events
  WHERE run = $1 AND strpos(body, $2) > 0 AND strpos(body, $3) > 0 AND strpos(body, $4) > 0 ORDER BY seq DESC LIMIT 1`;

function partOf(pair: readonly [string, string]): string {
  return pair.map((each) => JSON.stringify(each)).join(':');
}

/** Whole runs, by the time of their last event. */
const isOld = `EXISTS (
  SELECT 1 FROM events WHERE events.run = event_heads.run AND seq = last AND body::json ->> 'at' < $1
)`;
const oldRuns = `SELECT run FROM event_heads WHERE run <> ALL ($2) AND ${isOld}`;
const drop = `WITH old AS (DELETE FROM event_heads WHERE run = $2 AND ${isOld} RETURNING run)
  , rows AS (DELETE FROM events USING old WHERE events.run = old.run)
  SELECT run FROM old`;

/** Each run in a statement of its own: no lock is held for more than one of them. */
async function dropRuns(database: PostgresDatabase, moment: Date, keep: ReadonlySet<string>): Promise<number> {
  const before = moment.toISOString();
  const old = await database.all<{ run: string }>(oldRuns, before, [...keep]);
  let dropped = 0;
  for (const { run } of old) dropped += (await database.all(drop, before, run)).length;
  return dropped;
}

/** Runs' events in PostgreSQL: any machine writes, any machine follows. */
export function postgresEventLog(database: PostgresDatabase): EventLog & Forgetful & { close(): Promise<void> } {
  const listener = runListener(database);
  const outboxes = new Map<string, Outbox>();
  const read: EventLog['read'] = async (run, after, limit) => {
    const wanted = 'SELECT seq, body FROM events WHERE run = $1 AND seq > $2 ORDER BY seq LIMIT $3';
    const rows = await database.all<{ seq: string; body: string }>(wanted, run, after, limit);
    return rows.map(({ seq, body }) => eventOf(body, Number(seq)));
  };
  /** A follower outlives a restart of the database: nothing new for now, and the poll asks again. */
  const patient: EventLog['read'] = async (...place) => {
    try {
      return await read(...place);
    } catch (error) {
      if (failureOf(error).code === 'store-unreachable') return [];
      throw error;
    }
  };
  const write = async (run: string, outbox: Outbox): Promise<void> => {
    const lines = outbox.waiting;
    outbox.waiting = [];
    outbox.next = undefined;
    for (let from = 0; from < lines.length; from += burst) {
      const some = lines.slice(from, from + burst);
      await database.all(append, run, some.length, some);
    }
    if (outbox.next === undefined) outboxes.delete(run);
  };
  return {
    read,
    async lastScriptLine(run, guest, script) {
      const parts = Object.entries({ code: 'script-output', guest, script }).map(partOf);
      const [row] = await database.all<{ body: string }>(lastOfScript, run, ...parts);
      return row ? Number(eventOf(row.body, 0).data?.['line']) : 0;
    },
    append(run, events) {
      const outbox = outboxes.get(run) ?? { waiting: [], next: undefined, last: Promise.resolve() };
      outboxes.set(run, outbox);
      if (outbox.waiting.length > backlogLimit)
        return Promise.reject(new Error(`events of ${run} cannot be written fast enough`));
      for (const event of events) outbox.waiting.push(lineOf(event).trimEnd());
      if (outbox.next) return outbox.next;
      // What comes while one statement is under way goes with the next.
      const written = outbox.last.then(() => write(run, outbox));
      outbox.next = written;
      outbox.last = written.catch(() => undefined);
      return written;
    },
    async flush() {
      await Promise.all([...outboxes.values()].map((outbox) => outbox.last));
    },
    follow(run, after, signal) {
      const growth = {
        changes: () => listener.changes(run),
        changed: (since: number) => listener.changed(run, since, signal),
      };
      return followBy(patient, growth, run, after, signal);
    },
    dropBefore: (moment, { runs }) => dropRuns(database, moment, runs),
    close: () => listener.close(),
  };
}
