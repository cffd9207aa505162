import { setTimeout as sleep } from 'node:timers/promises';
import { Failure, failureOf } from '../../model/failure.ts';
import type { Host } from '../../model/host.ts';
import type { Outcome } from '../../model/outcome.ts';
import type { OpOf } from '../../model/transport/op.ts';
import type { CarriedTransport } from '../../model/transport/table.ts';
import type { Carrier, CarrierItem, RunContext } from '../../ports/carrier.ts';
import type { Faults, Strike } from './faults.ts';
import type { SimulatedHost } from './state.ts';
import type { Effects } from './transport.ts';

/** What all simulated carriers share. */
export interface Surroundings {
  readonly faults: Faults;
  /** The host's state; throws Failure (class host) when it is gone. */
  reach(host: string): SimulatedHost;
  /** What applying one item takes, in milliseconds. */
  readonly latency: (transport: CarriedTransport) => number;
  /** Called after effects, before anybody hears of them or time passes. */
  readonly changed: () => void;
}

/** A carrier over plain maps: the same port, the same order and the same promises as the real one. */
export function simulatedCarrier<T extends CarriedTransport>(
  effects: Effects<T, SimulatedHost>,
  around: Surroundings,
): Carrier<T> {
  return {
    transport: effects.transport,
    atomic: effects.atomic,
    apply: async (host, items, context) => {
      around.reach(host.name);
      const strikes = items.map(({ id }) =>
        around.faults.take({ transport: effects.transport, host: host.name, verb: context.verb, item: id }),
      );
      // A transaction that is torn takes no effect at all.
      if (effects.atomic && strikes.some((each) => each?.kind === 'half')) throw torn(host);
      const outcomes: Outcome[] = [];
      const bad = new Set<string>();
      try {
        for (const [n, item] of items.entries()) {
          const outcome = await applyOne({ effects, around, host, context }, item, strikes[n], bad);
          if (outcome.status === 'failed' || outcome.status === 'skipped') bad.add(outcome.id);
          outcomes.push(outcome);
          context.progress(outcomes.length, items.length);
        }
      } finally {
        around.changed();
      }
      if (strikes.some((each) => each?.kind === 'lost reply')) throw torn(host);
      return outcomes;
    },
  };
}

interface Application<T extends CarriedTransport> {
  readonly effects: Effects<T, SimulatedHost>;
  readonly around: Surroundings;
  readonly host: Host;
  readonly context: RunContext;
}

async function applyOne<T extends CarriedTransport>(
  { effects, around, host, context }: Application<T>,
  { id, op, needs }: CarrierItem<OpOf<T>>,
  strike: Strike | undefined,
  bad: ReadonlySet<string>,
): Promise<Outcome> {
  if (needs.some((need) => bad.has(need))) return { id, status: 'skipped' };
  const latency = around.latency(effects.transport);
  if (latency > 0) {
    around.changed();
    // Told to stop it says why, as the real ones do.
    await sleep(latency, undefined, { signal: context.signal }).catch(() => context.signal.throwIfAborted());
  }
  if (strike?.kind === 'hold') {
    if (!effects.atomic) effects.half?.(op, around.reach(host.name), context);
    around.changed();
    strike.struck();
    await heldUntil(strike.released, context.signal);
  }
  context.signal.throwIfAborted();
  const state = around.reach(host.name);
  try {
    if (strike?.kind === 'fail') throw refused(strike, id, host);
    if (strike?.kind === 'half') {
      effects.half?.(op, state, context);
      throw new Torn();
    }
    return { id, status: effects.apply(op, state, context) };
  } catch (error) {
    if (error instanceof Torn) throw torn(host);
    return { id, status: 'failed', failure: failureOf(error) };
  }
}

class Torn extends Error {}

function torn(host: Host): Failure {
  const message = `the connection to ${host.name} was lost`;
  return new Failure({ code: 'command-failed', class: 'transient', message, host: host.name });
}

function refused(strike: Strike, id: string, host: Host): Failure {
  return new Failure({
    code: 'command-failed',
    class: strike.class,
    message: `${id} was refused`,
    object: id,
    host: host.name,
  });
}

async function heldUntil(released: Promise<void>, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  let stop = (): void => undefined;
  const stopped = new Promise<void>((resolve) => (stop = resolve));
  signal.addEventListener('abort', stop, { once: true });
  await Promise.race([released, stopped]);
  signal.removeEventListener('abort', stop);
}
