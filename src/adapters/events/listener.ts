import type { PostgresDatabase } from '../postgres/database.ts';
import { createSleepers } from './sleepers.ts';

/** What appends notify; the payload is the run. */
export const channel = 'kvm_compose_events';
/** Notifications can be lost with their connection; this is how late a follower may be then. */
const slowPollMs = 1000;
const fastPollMs = 100;

/** Wakes those who wait for a run to grow, whichever machine writes it. */
export interface RunListener {
  changes(run: string): number;
  changed(run: string, since: number, signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

/** Listens on one connection while somebody waits; connects again by itself, polling until then. */
export function runListener(database: PostgresDatabase): RunListener {
  const sleepers = createSleepers();
  type Client = ReturnType<PostgresDatabase['client']>;
  let client: Client | undefined;
  let listening = false;

  const start = (): void => {
    if (client) return;
    const own = database.client();
    client = own;
    own.on('notification', ({ payload }) => payload !== undefined && sleepers.touch(payload));
    own.on('error', () => lost(own));
    own.on('end', () => lost(own));
    own
      .connect()
      .then(() => own.query(`LISTEN ${channel}`))
      .then(() => {
        listening = true;
        // What was appended before it listened.
        sleepers.touchAll();
      })
      .catch(() => lost(own));
  };
  const lost = (which: Client): void => {
    if (client !== which) return;
    client = undefined;
    listening = false;
    which.end().catch(() => undefined);
    sleepers.touchAll();
  };
  return {
    changes(run) {
      start();
      return sleepers.changes(run);
    },
    async changed(run, since, signal) {
      await sleepers.changed(run, since, signal, listening ? slowPollMs : fastPollMs);
      if (sleepers.waiting() === 0 && signal.aborted && client) lost(client);
    },
    async close() {
      const own = client;
      client = undefined;
      await own?.end().catch(() => undefined);
    },
  };
}
