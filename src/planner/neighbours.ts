import type { Ref } from '../model/ref.ts';
import type { Resource } from '../model/resources.ts';
import { type KindOf, needsOf, type ResourceChange } from './resource-change.ts';

/**
 * Names who feels a change of what belongs to no guest: the guests that need it, as those on a switch do; or where
 * nobody needs it, those that need what it is about, as with an access rule.
 */
export function nameNeighbours(
  goals: ReadonlyMap<Ref, Resource>,
  changes: Map<Ref, ResourceChange>,
  kindOf: KindOf,
): void {
  const shared = [...changes.values()].filter(
    ({ change: { impact } }) => impact.effect !== 'none' && impact.felt.length === 0,
  );
  if (shared.length === 0) return;
  const dependants = dependantsOf(goals, kindOf);
  const guestsNeeding = (ref: Ref): string[] => guestsBehind(ref, goals, dependants);
  for (const each of shared) {
    const direct = guestsNeeding(each.ref);
    const about = needsOf(each.goal ?? each.observed!.as, kindOf);
    const affected = direct.length > 0 ? direct : about.flatMap(({ ref }) => guestsNeeding(ref));
    const impact = { ...each.change.impact, felt: [...new Set(affected)].sort() };
    changes.set(each.ref, { ...each, change: { ...each.change, impact } });
  }
}

function dependantsOf(goals: ReadonlyMap<Ref, Resource>, kindOf: KindOf): ReadonlyMap<Ref, readonly Ref[]> {
  const index = new Map<Ref, Ref[]>();
  for (const [ref, goal] of goals) {
    for (const edge of needsOf(goal, kindOf)) {
      const list = index.get(edge.ref);
      if (list) list.push(ref);
      else index.set(edge.ref, [ref]);
    }
  }
  return index;
}

function guestsBehind(
  from: Ref,
  goals: ReadonlyMap<Ref, Resource>,
  dependants: ReadonlyMap<Ref, readonly Ref[]>,
): string[] {
  const observed = new Set<Ref>([from]);
  const guests = new Set<string>();
  for (const ref of observed) {
    const { guest } = goals.get(ref) ?? {};
    // What a guest's own things are needed by is that guest's too.
    if (guest !== undefined) guests.add(guest);
    else for (const next of dependants.get(ref) ?? []) observed.add(next);
  }
  return [...guests];
}
