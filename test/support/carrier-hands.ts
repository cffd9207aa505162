import type { Host } from '../../src/model/host.ts';
import type { Observed } from '../../src/model/observed.ts';
import type { Outcome } from '../../src/model/outcome.ts';
import { refOf } from '../../src/model/ref.ts';
import type { Resource } from '../../src/model/resources.ts';
import type { CarriedTransport } from '../../src/model/transport/table.ts';
import type { Carrier, CarrierItem, RunContext, World } from '../../src/ports/carrier.ts';
import { kindOf, kinds } from '../../src/resources/registry.ts';
import { carrierLabel } from './carrier-laboratory.ts';

/** Whose run it is, and what ends it. */
export type Running = Partial<Pick<RunContext, 'deployment' | 'installation' | 'signal'>>;

/** A carrier's work on one host of a world, real or simulated, without a plan. */
export interface CarrierHands {
  readonly world: World;
  readonly host: Host;
  apply(transport: CarriedTransport, items: readonly CarrierItem[], running?: Running): Promise<readonly Outcome[]>;
  /** Every resource, by the host's own account. */
  seen(): Promise<readonly Observed[]>;
  /** What would still have to change for these to be as they are wanted. */
  differences(goals: readonly Resource[]): Promise<readonly string[]>;
}

/** Hands on one host. */
export function carrierHands(world: World, host: Host): CarrierHands {
  const { deployment, installation } = carrierLabel;
  const queries = [...new Set([...kinds.values()].flatMap(({ asks }) => asks))];
  const seen = async (): Promise<readonly Observed[]> => {
    const scope = { deployment, installation, host: host.name, main: host.name };
    const answers = await world.observer.observe(host, queries, scope);
    return [...kinds.values()].flatMap((kind) => kind.parse(answers, scope) as readonly Observed[]);
  };
  return {
    world,
    host,
    seen,
    apply: (transport, items, running = {}) => {
      const carrier = world.carriers[transport] as unknown as Carrier;
      return carrier.apply(host, items, contextOf(transport, running));
    },
    differences: async (goals) => {
      const observed = await seen();
      return goals.flatMap((goal) => {
        const found = observed.find(({ as }) => refOf(as) === refOf(goal));
        const change = kindOf(goal.kind).compare(goal, found);
        return change ? [`${refOf(goal)}: ${change.cause}`] : [];
      });
    },
  };
}

function contextOf(transport: CarriedTransport, running: Running): RunContext {
  return {
    deployment: carrierLabel.deployment,
    installation: carrierLabel.installation,
    key: `contract/${transport}`,
    verb: 'do',
    attempt: 1,
    signal: new AbortController().signal,
    cancelRequested: () => false,
    emit: () => undefined,
    progress: () => undefined,
    ...running,
  };
}

/** The items that make some things or remove them, in an order in which that can be done. */
export function itemsOf(goals: readonly Resource[], how: 'make' | 'remove'): CarrierItem[] {
  const ids = new Set<string>(goals.map(refOf));
  const items = goals.map((goal) => ({
    id: refOf(goal),
    op: kindOf(goal.kind).render(how === 'make' ? goal : undefined, carrierLabel, goal),
    needs:
      how === 'make'
        ? needsOf(goal).filter((ref) => ids.has(ref))
        : goals.filter((other) => needsOf(other).includes(refOf(goal))).map(refOf),
  }));
  return how === 'make' ? items : items.reverse();
}

function needsOf(goal: Resource): readonly string[] {
  return kindOf(goal.kind)
    .needs(goal)
    .map(({ ref }) => ref);
}

/** How each item ended, by id; one that failed with its code, so that a test says what went wrong. */
export function endsOf(outcomes: readonly Outcome[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    outcomes.map((each) => [
      each.id,
      each.status === 'failed' ? `${each.failure.code}: ${each.failure.message}` : each.status,
    ]),
  );
}
