import { setTimeout as sleep } from 'node:timers/promises';
import { pauseAfter } from '../../../model/backoff.ts';
import { Failure, failureOf } from '../../../model/failure.ts';
import type { Host } from '../../../model/host.ts';
import type { Reach } from '../../../model/resources.ts';
import type { RunContext } from '../../../ports/carrier.ts';
import type { Runner } from '../../../ports/runner.ts';
import type { Rung } from './diagnosis.ts';
import type { Records } from './records.ts';
import type { Dialer, GuestSession } from './session.ts';
import type { InTurn } from './turns.ts';
import type { GuestSigns } from './watch.ts';

/** What all guests of one batch share. */
export interface GuestBatch {
  readonly host: Host;
  readonly context: RunContext;
  /** Aborted with the context's, and when the host fails. */
  readonly signal: AbortSignal;
  readonly runner: Runner;
  readonly dialer: Dialer;
  readonly records: Records;
  readonly loginInTurn: InTurn;
  /** Who is at which rung, for those who ask what is waited for. */
  readonly waiting: Map<string, Rung | 'room'>;
  report(): void;
}

/** One guest while its items are worked through: the session is kept from one to the next. */
export interface Guest {
  readonly name: string;
  readonly batch: GuestBatch;
  signs: GuestSigns | undefined;
  route: number;
  session: GuestSession | undefined;
  /** Why the last login failed. */
  refusal: Failure | undefined;
}

/** A new guest in a batch, not yet reached. */
export function newGuest(name: string, batch: GuestBatch): Guest {
  return { name, batch, signs: undefined, route: 0, session: undefined, refusal: undefined };
}

/** Its end is that of the caller's patience. */
const backoff = { firstMs: 400, mostMs: 2000 };

/** Logs in, again and again; who calls it decides how long. Throws only when stopped or when the host fails. */
export async function loggedIn(guest: Guest, reach: Reach, signal: AbortSignal): Promise<GuestSession> {
  const { dialer, host, loginInTurn } = guest.batch;
  for (let failures = 1; guest.session === undefined; failures += 1) {
    try {
      const dial = () => dialer.dial(host, reach, guest.route % reach.routes.length, signal);
      guest.session = await loginInTurn(dial, signal);
      guest.refusal = undefined;
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof Failure) || failureOf(error).class === 'host') throw error;
      guest.refusal = error;
      // Where nobody saw which way leads to it, every way is tried.
      if (guest.signs === undefined) guest.route += 1;
      await sleep(pauseAfter(backoff, failures, Math.random()), undefined, { signal });
    }
  }
  return guest.session;
}

/** Lets go of a session that broke or is not needed any more. */
export function hangUp(guest: Guest): void {
  guest.session?.close();
  guest.session = undefined;
}

/** Why the guest does not let us in, when it is more than silence; final now. */
export function finalRefusal(guest: Guest): Failure | undefined {
  const refusal = guest.refusal;
  if (refusal === undefined || refusal.data.code === 'guest-stalled') return undefined;
  return new Failure({ ...refusal.data, class: 'permanent' }, { cause: refusal });
}
