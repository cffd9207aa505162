import type { Change } from '../model/plan.ts';
import type { Ref } from '../model/ref.ts';
import { refOf } from '../model/ref.ts';
import type { Resource } from '../model/resources.ts';
import type { Observed, Seen } from '../model/seen.ts';
import type { FailureData } from '../model/failure.ts';
import type { Edge, ResourceKind } from '../resources/contract.ts';

/** Finds the kind of a resource; the registry is injected because the planner knows kinds only by their contract. */
export type KindOf = (kind: Resource['kind']) => ResourceKind;

/** One resource that must change, with both its sides. */
export interface ResourceChange {
  readonly ref: Ref;
  readonly goal: Resource | undefined;
  readonly seen: Seen | undefined;
  readonly change: Change;
}

/** Changes by resource, and what stands in the way of making them. */
export interface Changes {
  readonly changes: ReadonlyMap<Ref, ResourceChange>;
  readonly refused: readonly FailureData[];
}

/** Compares every desired and every seen resource; what is inside a remade one is remade too. */
export function changesBetween(
  desired: readonly Resource[],
  observed: Observed,
  installation: string,
  kindOf: KindOf,
): Changes {
  const goals = new Map(desired.map((resource) => [refOf(resource), resource] as const));
  const changes = new Map<Ref, ResourceChange>();
  const refused: FailureData[] = [];
  const refs = [...new Set([...goals.keys(), ...observed.seen.keys()])].sort();
  for (const ref of refs) {
    const goal = goals.get(ref);
    const seen = observed.seen.get(ref);
    if (seen && isForeign(seen, installation)) {
      if (goal) refused.push(nameTaken(seen));
      continue;
    }
    const kind = kindOf((goal ?? seen!.as).kind);
    const change = kind.compare(goal as never, seen as never);
    if (change) changes.set(ref, { ref, goal, seen, change });
  }
  remakeWhatIsInside(goals, observed, changes, kindOf);
  return { changes, refused };
}

function isForeign(seen: Seen, installation: string): boolean {
  return seen.mark === undefined || seen.mark.installation !== installation;
}

function nameTaken(seen: Seen): FailureData {
  const { kind, name, host } = seen.as;
  const owner = seen.mark ? `installation ${seen.mark.installation}` : 'something kvm-compose did not make';
  return {
    code: 'name-taken',
    class: 'permanent',
    message: `${kind} ${name} on ${host} exists already and belongs to ${owner}`,
    object: name,
    host,
    hint: 'remove it by hand, or give the deployment another name with --project-name',
  };
}

/** Follows `inside` edges from every remade resource; a remade disk takes its domain, its readiness and its scripts along. */
function remakeWhatIsInside(
  goals: ReadonlyMap<Ref, Resource>,
  observed: Observed,
  changes: Map<Ref, ResourceChange>,
  kindOf: KindOf,
): void {
  const insiders = insideIndex(goals, kindOf);
  const queue = [...changes.values()].filter((each) => each.change.action === 'remake').map((each) => each.ref);
  for (let ref = queue.shift(); ref !== undefined; ref = queue.shift()) {
    for (const inner of insiders.get(ref) ?? []) {
      const seen = observed.seen.get(inner);
      const before = changes.get(inner)?.change;
      if (!seen || before?.action === 'remake' || before?.action === 'create') continue;
      const cause = `${ref.replace(':', ' ')} is remade`;
      const felt = goals.get(inner)?.guest;
      const impact = { effect: 'remake', felt: felt === undefined ? [] : [felt] } as const;
      changes.set(inner, { ref: inner, goal: goals.get(inner), seen, change: { action: 'remake', cause, impact } });
      queue.push(inner);
    }
  }
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

/** What a resource needs, asked of its kind. */
export function needsOf(resource: Resource, kindOf: KindOf): readonly Edge[] {
  return kindOf(resource.kind).needs(resource as never);
}
