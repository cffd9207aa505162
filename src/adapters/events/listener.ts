import { pauseAfter } from '../../model/backoff.ts';
import type { PostgresDatabase } from '../postgres/database.ts';
import { createSleepers } from './sleepers.ts';

/** What appends notify; the payload is the run. */
export const channel = 'kvm_compose_events';
/** Notifications can be lost with their connection; this is how late a follower may be then. */
const slowPollMs = 1000;
/**
 * Between tries to listen, and between the polls that stand in for it. There is no end to them: a follower waits for a
 * run that is durable, and leaves by its signal.
 */
const backoff = { firstMs: 100, mostMs: 2000 };

/** Wakes those who wait for a run to grow, whichever machine writes it. */
export interface RunListener {
  changes(run: string): number;
  changed(run: string, since: number, signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

/** Listens on one connection while somebody waits; connects again by itself, with pauses that grow, polling until then. */
export function runListener(database: PostgresDatabase): RunListener {
  const sleepers = createSleepers();
  type Client = ReturnType<PostgresDatabase['client']>;
  let client: Client | undefined;
  let listening = false;
  let closed = false;
  let failures = 0;
  let notBefore = 0;

  const start = (): void => {
    if (client || closed || performance.now() < notBefore) return;
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
        failures = 0;
        // What was appended before it listened.
        sleepers.touchAll();
      })
      .catch(() => lost(own));
  };
  const leave = (which: Client): void => {
    client = undefined;
    listening = false;
    which.end().catch(() => undefined);
  };
  const lost = (which: Client): void => {
    if (client !== which) return;
    // They sleep as long as notifications let them.
    if (listening) sleepers.touchAll();
    leave(which);
    failures += 1;
    notBefore = performance.now() + pauseAfter(backoff, failures, Math.random());
  };
  return {
    changes(run) {
      start();
      return sleepers.changes(run);
    },
    async changed(run, since, signal) {
      const pollMs = listening ? slowPollMs : pauseAfter(backoff, Math.max(1, failures), Math.random());
      await sleepers.changed(run, since, signal, pollMs);
      if (sleepers.waiting() === 0 && signal.aborted && client) leave(client);
    },
    async close() {
      closed = true;
      const own = client;
      client = undefined;
      await own?.end().catch(() => undefined);
    },
  };
}
