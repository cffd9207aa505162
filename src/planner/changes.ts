import type { Ref } from '../model/ref.ts';
import { refOf } from '../model/ref.ts';
import type { Resource } from '../model/resources.ts';
import type { ObservedState, Observed } from '../model/observed.ts';
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
  observed: ObservedState,
  owner: Owner,
  kindOf: KindOf,
  removal?: string,
): Changes {
  const goals = new Map(desired.map((resource) => [refOf(resource), resource] as const));
  const changes = new Map<Ref, ResourceChange>();
  const refused: FailureData[] = [];
  const refs = [...new Set([...goals.keys(), ...observed.resources.keys()])].sort();
  for (const ref of refs) {
    const goal = goals.get(ref);
    const found = observed.resources.get(ref);
    if (found && isForeign(found, owner)) {
      if (goal) refused.push(nameTaken(found));
      continue;
    }
    const kind = kindOf((goal ?? found!.as).kind);
    const change = kind.compare(goal, found);
    if (!change) continue;
    const cause = goal ? change.cause : (removal ?? change.cause);
    changes.set(ref, { ref, goal, observed: found, change: { ...change, cause } });
  }
  changeWhatIsInside(goals, observed, changes, kindOf);
  nameNeighbours(goals, changes, kindOf);
  return { changes, refused };
}

function isForeign({ label }: Observed, owner: Owner): boolean {
  return label?.installation !== owner.installation || label.deployment !== owner.deployment;
}

function nameTaken(observed: Observed): FailureData {
  const { kind, name, host } = observed.as;
  const owner = observed.label
    ? `deployment ${observed.label.deployment} of installation ${observed.label.installation}`
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
