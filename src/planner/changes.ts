import type { Ref } from '../model/ref.ts';
import { refOf } from '../model/ref.ts';
import type { Resource } from '../model/resources.ts';
import type { Observed, Seen } from '../model/seen.ts';
import type { FailureData } from '../model/failure.ts';
import type { KindOf, Owner, ResourceChange } from './resource-change.ts';
import { changeWhatIsInside } from './inside.ts';
import { nameNeighbours } from './neighbours.ts';

/** Changes by resource, and what stands in the way of making them. */
export interface Changes {
  readonly changes: ReadonlyMap<Ref, ResourceChange>;
  readonly refused: readonly FailureData[];
}

/** Compares every desired and every seen resource; what is inside a remade one is remade too. */
export function changesBetween(
  desired: readonly Resource[],
  observed: Observed,
  owner: Owner,
  kindOf: KindOf,
  removal?: string,
): Changes {
  const goals = new Map(desired.map((resource) => [refOf(resource), resource] as const));
  const changes = new Map<Ref, ResourceChange>();
  const refused: FailureData[] = [];
  const refs = [...new Set([...goals.keys(), ...observed.seen.keys()])].sort();
  for (const ref of refs) {
    const goal = goals.get(ref);
    const seen = observed.seen.get(ref);
    if (seen && isForeign(seen, owner)) {
      if (goal) refused.push(nameTaken(seen));
      continue;
    }
    const kind = kindOf((goal ?? seen!.as).kind);
    const change = kind.compare(goal, seen);
    if (!change) continue;
    const cause = goal ? change.cause : (removal ?? change.cause);
    changes.set(ref, { ref, goal, seen, change: { ...change, cause } });
  }
  changeWhatIsInside(goals, observed, changes, kindOf);
  nameNeighbours(goals, changes, kindOf);
  return { changes, refused };
}

function isForeign({ mark }: Seen, owner: Owner): boolean {
  return mark?.installation !== owner.installation || mark.deployment !== owner.deployment;
}

function nameTaken(seen: Seen): FailureData {
  const { kind, name, host } = seen.as;
  const owner = seen.mark
    ? `deployment ${seen.mark.deployment} of installation ${seen.mark.installation}`
    : 'something kvm-compose did not make';
  return {
    code: 'name-taken',
    class: 'permanent',
    message: `${kind} ${name} on ${host} exists already and belongs to ${owner}`,
    object: name,
    host,
    hint: 'remove it by hand, or give the deployment another name with --project-name',
  };
}
