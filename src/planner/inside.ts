import type { Change } from '../model/plan.ts';
import type { Ref } from '../model/ref.ts';
import type { Resource } from '../model/resources.ts';
import type { ObservedState } from '../model/observed.ts';
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
  const insiders = insideIndex(goals, kindOf);
  const queue = [...changes.values()];
  for (let outer = queue.shift(); outer !== undefined; outer = queue.shift()) {
    for (const ref of insiders.get(outer.ref) ?? []) {
      const found = observed.resources.get(ref);
      const change = carriedOver(outer, changes.get(ref)?.change, goals.get(ref)!);
      if (!found || !change) continue;
      const inner = { ref, goal: goals.get(ref), observed: found, change };
      changes.set(ref, inner);
      queue.push(inner);
    }
  }
}

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
  const restarts = outer.action === 'update' && outer.impact.effect === 'restart';
  return restarts && !own
    ? { action: 'update', cause: `${name} is restarted`, impact: { effect: 'none', felt: [] } }
    : undefined;
}

function insideIndex(goals: ReadonlyMap<Ref, Resource>, kindOf: KindOf): ReadonlyMap<Ref, readonly Ref[]> {
  const index = new Map<Ref, Ref[]>();
  for (const [ref, goal] of goals) {
    for (const edge of needsOf(goal, kindOf)) {
      if (edge.how !== 'inside') continue;
      const list = index.get(edge.ref);
      if (list) list.push(ref);
      else index.set(edge.ref, [ref]);
    }
  }
  return index;
}
