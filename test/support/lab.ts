import { observe, type ObservingPorts } from '../../src/activities/observe.ts';
import { selectItems } from '../../src/activities/select-items.ts';
import { createSimulatedWorld, type SimulatedWorld } from '../../src/adapters/sim/world.ts';
import type { Inventory } from '../../src/model/host.ts';
import type { Batch, Plan } from '../../src/model/plan.ts';
import type { Resource } from '../../src/model/resources.ts';
import type { ObservedState } from '../../src/model/observed.ts';
import { planChanges, type PlanInput, type PlanResult } from '../../src/planner/plan.ts';
import type { Owner } from '../../src/planner/resource-change.ts';
import type { Carrier, RunContext } from '../../src/ports/carrier.ts';
import { kindOf } from '../../src/resources/registry.ts';
import { deployment } from './goals.ts';

/** Whose laboratory the goals are. */
export const labOwner: Owner = { deployment, installation: '0123abcd' };

/** As many hosts as named, the first of them main. */
export function inventoryOf(...names: readonly string[]): Inventory {
  const host = { connection: 'ssh', address: '192.0.2.1', port: 22, user: 'root', accelerator: 'auto' } as const;
  return { main: names[0]!, hosts: names.map((name) => ({ ...host, name })) };
}

const defaultInventory = inventoryOf('main', 'h2');

/** How a plan is made, beside what is wanted and observed. */
export type LabPlanning = Partial<
  Pick<PlanInput, 'replace' | 'lose' | 'requests' | 'only' | 'before' | 'purges' | 'removal'>
>;

/** Plans in a simulated world and walks plans there, without Temporal: one batch after the other. */
export interface Lab {
  readonly world: SimulatedWorld;
  readonly inventory: Inventory;
  observed(): Promise<ObservedState>;
  plan(desired: readonly Resource[], options?: LabPlanning): Promise<PlanResult>;
  /** Does a plan; returns what was started and what failed. */
  run(plan: Plan): Promise<Walked>;
  /** Rolls back what was started, in reverse order. */
  undo(walked: Walked): Promise<Walked>;
  /**
   * The world, for comparing: every resource and all that is known of guests, one line each, with what is wrong with it.
   */
  text(): Promise<string>;
}

/** What a walk left behind. */
export interface Walked {
  readonly started: readonly Batch[];
  readonly failed: ReadonlySet<string>;
  readonly never: readonly string[];
  readonly untouched: readonly string[];
}

/** A laboratory of simulated hosts. */
export function createLab(inventory = defaultInventory, world = createSimulatedWorld(), owner: Owner = labOwner): Lab {
  const { deployment, installation } = owner;
  const ports: ObservingPorts = { world, store: { installation } };
  const observed = (): Promise<ObservedState> => observe(ports, inventory, deployment);
  const plan: Lab['plan'] = async (desired, options = {}) =>
    planChanges({
      replace: true,
      ...options,
      deployment,
      installation,
      inventory,
      desired,
      observed: await observed(),
      kindOf,
    });
  return {
    world,
    inventory,
    observed,
    plan,
    run: ({ batches }) => walk(world, owner, batches, 'do', []),
    undo: ({ started, untouched }) => walk(world, owner, [...started].reverse(), 'undo', untouched),
    text: async () => {
      const { copies: found } = await observed();
      const lines = [...found.values()].flat().map(({ as, drift }) => {
        // Boots count up and are no part of the world: a guest that was restarted twice is the guest it was.
        const wrong = drift === undefined || drift === 'rebooted' ? '' : ` (${drift})`;
        return kindOf(as.kind).describe(as) + wrong;
      });
      return lines.sort().join('\n');
    },
  };
}

async function walk(
  world: SimulatedWorld,
  owner: Owner,
  batches: readonly Batch[],
  verb: 'do' | 'undo',
  untouchedBefore: readonly string[],
): Promise<Walked> {
  const failed = new Set<string>();
  const never: string[] = [];
  const untouched: string[] = [];
  for (const batch of batches) {
    const selection = selectItems(batch, verb, failed, untouchedBefore);
    never.push(...selection.irreversible.map(({ item }) => item));
    untouched.push(...selection.skipped);
    for (const { item, lost } of selection.irreversible) if (lost) failed.add(item);
    for (const item of selection.skipped) failed.add(item);
    for (const item of await apply(world, owner, batch, selection.tried, verb)) failed.add(item);
  }
  return { started: batches, failed, never, untouched };
}

/** Ids of items that did not succeed. */
async function apply(
  world: SimulatedWorld,
  owner: Owner,
  batch: Batch,
  items: ReturnType<typeof selectItems>['tried'],
  verb: 'do' | 'undo',
): Promise<string[]> {
  const carrier = world.carriers[batch.transport as keyof typeof world.carriers] as Carrier;
  try {
    const outcomes = await carrier.apply(batch.target, items, contextOf(batch, verb, owner));
    return outcomes.flatMap(({ id, status }) => (status === 'failed' || status === 'skipped' ? [id] : []));
  } catch {
    return items.map(({ id }) => id);
  }
}

/** What a carrier is given in a test. */
export function contextOf(batch: Pick<Batch, 'id'>, verb: 'do' | 'undo', owner: Owner = labOwner): RunContext {
  return {
    ...owner,
    key: `run-1/${batch.id}`,
    verb,
    attempt: 1,
    signal: new AbortController().signal,
    cancelRequested: () => false,
    emit: () => undefined,
    progress: () => undefined,
  };
}
