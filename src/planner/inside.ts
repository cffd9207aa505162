import type { Change } from '../model/plan.ts';
import type { Ref } from '../model/ref.ts';
import type { Resource } from '../model/resources.ts';
import { copyOf, lifeOf, type Observed, type ObservedState } from '../model/observed.ts';
import { type KindOf, needsOf, type ResourceChange } from './resource-change.ts';

/**
 * Follows `inside` edges from every remade or restarted resource. A remade disk takes its domain, readiness and
 * scripts along; a restarted domain has to be seen ready again.
 */
export function changeWhatIsInside(
  goals: ReadonlyMap<Ref, Resource>,
  observed: ObservedState,
  changes: Map<Ref, ResourceChange>,
  kindOf: KindOf,
): void {
  const insiders = insideIndex(goals, observed, kindOf);
  const queue = [...changes.values()];
  for (let outer = queue.shift(); outer !== undefined; outer = queue.shift()) {
    for (const ref of insiders.get(outer.ref) ?? []) {
      const goal = goals.get(ref);
      const found = copyOf(observed, ref, goal?.host);
      const change = changeInside(outer, changes.get(ref)?.change, goal, found, kindOf);
      if (!change) continue;
      const inner = { ref, goal, observed: found, change };
      changes.set(ref, inner);
      queue.push(inner);
    }
  }
}

function changeInside(
  outer: ResourceChange,
  own: Change | undefined,
  goal: Resource | undefined,
  found: Observed | undefined,
  kindOf: KindOf,
): Change | undefined {
  if (goal && found) return carriedOver(outer, own, goal);
  if (own) return undefined;
  // Nothing was known of it: when power comes on it is made known as if it were new.
  if (goal) return outer.change.wakes ? kindOf(goal.kind).compare(goal, undefined) : undefined;
  // What is only observed there goes with what it is in.
  if (outer.change.action !== 'remake') return undefined;
  const change = kindOf(found!.as.kind).compare(undefined, found);
  // What a person asked for is not lost for the sake of a change of something else unless that is agreed to.
  return change && lifeOf(found!) === 'person'
    ? { ...change, impact: { ...change.impact, effect: 'data-loss' } }
    : change;
}

const past: Readonly<Record<string, string>> = { start: 'started', resume: 'resumed' };

/** What a change of the outer one asks of the inner one, where that is more than what happens to it anyway. */
function carriedOver(
  { ref, change: outer }: ResourceChange,
  own: Change | undefined,
  goal: Resource,
): Change | undefined {
  const name = ref.replace(':', ' ');
  const affected = goal.guest === undefined ? [] : [goal.guest];
  if (outer.action === 'remake' && own?.action !== 'remake') {
    return { action: 'remake', cause: `${name} is remade`, impact: { effect: 'remake', felt: affected } };
  }
  const restarts = outer.wakes === true || (outer.action === 'update' && outer.impact.effect === 'restart');
  return restarts && !own
    ? {
        action: 'update',
        cause: `${name} is ${past[outer.action] ?? 'restarted'}`,
        impact: { effect: 'none', felt: [] },
      }
    : undefined;
}

function insideIndex(
  goals: ReadonlyMap<Ref, Resource>,
  { copies }: ObservedState,
  kindOf: KindOf,
): ReadonlyMap<Ref, readonly Ref[]> {
  const index = new Map<Ref, Ref[]>();
  const onlyObserved = [...copies].flatMap(([ref, [first]]) => (goals.has(ref) ? [] : [[ref, first!.as] as const]));
  for (const [ref, resource] of [...goals, ...onlyObserved]) {
    for (const edge of needsOf(resource, kindOf)) {
      if (edge.how !== 'inside') continue;
      const list = index.get(edge.ref);
      if (list) list.push(ref);
      else index.set(edge.ref, [ref]);
    }
  }
  return index;
}
