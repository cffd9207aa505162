import { setMaxListeners } from 'node:events';
import { failureOf } from '../../../model/failure.ts';
import type { Outcome } from '../../../model/outcome.ts';
import type { OpOf } from '../../../model/transport/op.ts';
import type { Carrier, CarrierItem, RunContext } from '../../../ports/carrier.ts';
import type { Runner } from '../../../ports/runner.ts';
import type { Secrets } from '../../../ports/store.ts';
import { climb } from './climb.ts';
import { type Guest, type GuestBatch, hangUp, newGuest } from './guest.ts';
import { Needs } from './needs.ts';
import { recordsOn } from './records.ts';
import { killScript, runScript } from './run-script.ts';
import { createDialer } from './session.ts';
import { type InTurn, turnsOf } from './turns.ts';
import { type GuestWatch, watchGuests } from './watch.ts';

/** Logins at a time on one host: key exchanges are what guests and their hosts feel most. */
const loginsPerHost = 6;
/** How long a script that still runs is looked for when its record is forgotten. */
const forgetMs = 8000;

type GuestItem = CarrierItem<OpOf<'guest'>>;

/** What the guest carrier needs of the world. */
export interface GuestCarrierPorts {
  readonly runner: Runner;
  readonly secrets: Secrets;
}

/** Brings guests up the ladder and runs scripts in them, every guest at its own pace. */
export function createGuestCarrier({ runner, secrets }: GuestCarrierPorts): Carrier<'guest'> {
  const dialer = createDialer(runner, secrets);
  const logins = new Map<string, InTurn>();
  const loginInTurnOn = (host: string): InTurn => {
    const known = logins.get(host) ?? turnsOf(loginsPerHost);
    logins.set(host, known);
    return known;
  };
  return {
    transport: 'guest',
    atomic: false,
    async apply(host, items, context) {
      context.signal.throwIfAborted();
      const stop = new AbortController();
      const signal = AbortSignal.any([context.signal, stop.signal]);
      // Every guest waits with it.
      setMaxListeners(0, signal);
      const outcomes: Outcome[] = [];
      const waiting: GuestBatch['waiting'] = new Map();
      const guests = new Set(items.flatMap(({ op }) => (op.do === 'ready' ? [op.goal.name] : []))).size;
      const report = (): void => {
        const first = [...waiting].find(([, rung]) => rung !== 'room');
        const waitingFor = first && `${first[0]} (${first[1]})`;
        context.progress(outcomes.length, items.length, waitingFor, boots(waiting, guests));
      };
      const records = recordsOn(runner, host, context);
      const batch: GuestBatch = {
        host,
        context,
        signal,
        runner,
        dialer,
        records,
        waiting,
        report,
        loginInTurn: loginInTurnOn(host.name),
      };
      const needs = new Needs(items);
      const done = (outcome: Outcome): void => {
        outcomes.push(outcome);
        needs.ended(outcome);
        report();
      };
      await runChains(batch, items, context, stop, needs, done);
      return outcomes;
    },
  };
}

/** How many boot and how many their host has no room for yet; nothing once it had room for all. */
function boots(waiting: GuestBatch['waiting'], guests: number): string | undefined {
  const at = (wanted: string): number => [...waiting.values()].filter((rung) => rung === wanted).length;
  return at('room') === 0 ? undefined : `${at('running')} of ${guests} booting, ${at('room')} wait for room`;
}

/** Guests advance independently; a failing host stops them all. */
async function runChains(
  batch: GuestBatch,
  items: readonly GuestItem[],
  context: RunContext,
  stop: AbortController,
  needs: Needs,
  done: (outcome: Outcome) => void,
): Promise<void> {
  const chains = chainsOf(items);
  const watch = startWatch(batch, items);
  const fail = (error: unknown): void => stop.abort(error);
  watch?.ended.then(() => undefined, fail);
  try {
    const runs = [...chains].map(([name, chain]) =>
      runChain(newGuest(name, batch), chain, watch, needs, done).catch((error: unknown) => {
        fail(error);
        throw error;
      }),
    );
    await Promise.allSettled(runs);
    // A cancel wins over what it broke; then the first thing that went wrong.
    context.signal.throwIfAborted();
    if (stop.signal.aborted) throw stop.signal.reason;
  } finally {
    watch?.close();
    await watch?.ended.catch(() => undefined);
  }
}

function startWatch(batch: GuestBatch, items: readonly GuestItem[]): GuestWatch | undefined {
  const goals = items.flatMap(({ op }) => (op.do === 'ready' ? [op.goal] : []));
  if (goals.length === 0) return undefined;
  return watchGuests(batch.runner, batch.host, batch.context, goals, batch.signal);
}

/** Items of one guest stay in their order. */
function chainsOf(items: readonly GuestItem[]): Map<string, GuestItem[]> {
  const chains = new Map<string, GuestItem[]>();
  for (const item of items) {
    const name = chainOf(item.op);
    chains.set(name, [...(chains.get(name) ?? []), item]);
  }
  return chains;
}

function chainOf(op: OpOf<'guest'>): string {
  if (op.do === 'forget') return op.ref;
  return op.do === 'remember' ? op.record.ref : op.goal.reach.guest;
}

async function runChain(
  guest: Guest,
  chain: readonly GuestItem[],
  watch: GuestWatch | undefined,
  needs: Needs,
  done: (outcome: Outcome) => void,
): Promise<void> {
  try {
    for (const item of chain) {
      const outcome = await runItem(guest, item, watch, needs);
      guest.batch.waiting.delete(guest.name);
      done(outcome);
    }
  } finally {
    hangUp(guest);
  }
}

async function runItem(guest: Guest, item: GuestItem, watch: GuestWatch | undefined, needs: Needs): Promise<Outcome> {
  const { id, op } = item;
  const missing = await needs.failedNeed(item, guest.batch.signal);
  if (missing !== undefined) return { id, status: 'skipped', cause: `${missing} failed` };
  try {
    return { id, status: await effectOf(guest, op, watch, () => needs.started(id)) };
  } catch (error) {
    guest.batch.signal.throwIfAborted();
    const failure = failureOf(error);
    if (failure.class === 'host') throw error;
    return { id, status: 'failed', failure };
  }
}

async function effectOf(
  guest: Guest,
  op: OpOf<'guest'>,
  watch: GuestWatch | undefined,
  onResumed: () => void,
): Promise<'done' | 'already'> {
  switch (op.do) {
    case 'ready':
      guest.signs = watch?.signsOf(op.goal.name);
      watch?.admit(op.goal.name);
      await climb(guest, op, onResumed).catch((error: unknown) => {
        watch?.leave(op.goal.name);
        throw error;
      });
      return 'done';
    case 'script':
      return runScript(guest, op);
    case 'remember':
      await guest.batch.records.restore(op.record);
      return 'done';
    case 'forget':
      return forget(guest, op);
  }
}

/** A script that never ended may still run, when its guest does. */
async function forget(guest: Guest, op: Extract<OpOf<'guest'>, { do: 'forget' }>): Promise<'done' | 'already'> {
  const record = await guest.batch.records.remove(op.deployment, op.ref);
  if (record === undefined) return 'already';
  if (record.goal.kind === 'script' && record.boot === undefined) await killScript(guest, record.goal, forgetMs);
  return 'done';
}
