import type { FailureData } from '../model/failure.ts';
import { copyOf, lifeOf, type Observed, type ObservedState } from '../model/observed.ts';
import type { Kept } from '../model/plan.ts';
import { type Ref, refOf } from '../model/ref.ts';
import type { Request } from '../model/request.ts';
import type { Resource } from '../model/resources.ts';
import { changeWhatIsInside } from './inside.ts';
import { type Keeping, keptOf, whyAsked } from './kept.ts';
import { nameNeighbours } from './neighbours.ts';
import { changesRequested } from './requests.ts';
import { isForeign, type KindOf, type Owner, type ResourceChange } from './resource-change.ts';
import { refuseDoubles } from './silent-holders.ts';

/** What changes are looked for with. */
export interface ChangesInput {
  readonly desired: readonly Resource[];
  /** What was wanted before, as far as it is known. */
  readonly before?: readonly Resource[];
  readonly observed: ObservedState;
  readonly owner: Owner;
  readonly kindOf: KindOf;
  /** What people ask for now; alone, nothing else is compared. */
  readonly requests?: readonly Request[];
  readonly only?: 'requests';
  /** Surplus copies and the disks of guests that left the file are removed too. */
  readonly replace?: boolean;
  /** True for a disk that is to go with its guest: `down --purge`. */
  readonly purges?: (resource: Resource) => boolean;
  /** What the plan is about; all else is left as it is. Everything where it is left out. */
  readonly about?: (resource: Resource) => boolean;
  /** Why what is not desired goes; without it, because the file does not hold it. */
  readonly removal?: string;
}

/** Changes by resource, and what stands in the way of making them. */
export interface Changes {
  readonly changes: ReadonlyMap<Ref, ResourceChange>;
  /** Removals of copies beside those that are compared. */
  readonly surplus: readonly ResourceChange[];
  readonly kept: readonly Kept[];
  /** Copies that stay although nothing in the file wants them. */
  readonly keeps: readonly Observed[];
  readonly refused: readonly FailureData[];
}

/** Compares every desired and every observed resource; what is inside a remade one is remade too. */
export function changesBetween(input: ChangesInput): Changes {
  const { desired, observed, owner, kindOf, requests = [] } = input;
  const goals = new Map(desired.map((resource) => [refOf(resource), resource] as const));
  const changes = new Map<Ref, ResourceChange>();
  const found = input.only === 'requests' ? nothing : compareAll(input, goals, changes);
  const requested = changesRequested(requests, goals, observed, owner, kindOf);
  for (const each of requested.changes) if (!isRemade(changes.get(each.ref))) changes.set(each.ref, each);
  changeWhatIsInside(goals, observed, changes, kindOf);
  nameNeighbours(goals, changes, kindOf);
  return { changes, ...found, refused: [...found.refused, ...requested.refused] };
}

const nothing: Omit<Changes, 'changes'> = { surplus: [], kept: [], keeps: [], refused: [] };

function isRemade(change: ResourceChange | undefined): boolean {
  return change?.change.action === 'create' || change?.change.action === 'remake';
}

function compareAll(
  input: ChangesInput,
  goals: ReadonlyMap<Ref, Resource>,
  changes: Map<Ref, ResourceChange>,
): Omit<Changes, 'changes'> {
  const { observed, owner, kindOf, about = () => true } = input;
  const refused = [...refuseDoubles(input, goals)];
  const keeping = keepingOf(input, goals);
  const others: Others = { surplus: [], kept: [...keeping.told] };
  for (const ref of [...new Set([...goals.keys(), ...observed.copies.keys()])].sort()) {
    const goal = goals.get(ref);
    const main = copyOf(observed, ref, goal?.host);
    if (main && isForeign(main, owner)) {
      if (goal) refused.push(nameTaken(main));
      continue;
    }
    if (!about(goal ?? main!.as)) continue;
    sortOthers(input, keeping, ref, goal, main, others);
    if (!goal && main && keeping.has(main)) continue;
    const change = kindOf((goal ?? main!.as).kind).compare(goal, main);
    if (!change) continue;
    const cause = goal ? change.cause : (input.removal ?? change.cause);
    changes.set(ref, { ref, goal, observed: main, change: { ...change, cause } });
  }
  const keeps = [...observed.copies.values()].flat().filter((each) => keeping.has(each));
  return { ...others, keeps, refused };
}

interface Others {
  readonly surplus: ResourceChange[];
  readonly kept: Kept[];
}

/** Copies beside the one that is compared: a copy of what is wanted elsewhere goes when that is asked for. */
function sortOthers(
  input: ChangesInput,
  keeping: Keeping,
  ref: Ref,
  goal: Resource | undefined,
  main: Observed | undefined,
  { surplus, kept }: Others,
): void {
  for (const other of input.observed.copies.get(ref) ?? []) {
    if (other === main || isForeign(other, input.owner) || keeping.has(other)) continue;
    if (lifeOf(other) === 'person' && input.purges?.(other.as) !== true)
      kept.push(asKept(other, whyAsked, input.kindOf));
    else if (!goal || input.replace === true) surplus.push(removalOf(other, goal, input));
    else kept.push(asKept(other, `it is a second copy, wanted on ${goal.host}; up --replace removes it`, input.kindOf));
  }
}

/** What `up` and `down` leave on the hosts although nothing wants it now. */
function keepingOf(
  { observed, owner, kindOf, replace, purges, removal }: ChangesInput,
  goals: ReadonlyMap<Ref, Resource>,
): Keeping {
  const all = [...observed.copies.values()].flat();
  const isEnded = (resource: Resource): boolean => purges?.(resource) === true;
  const endsData = replace === true && purges === undefined;
  const why = removal === undefined ? 'its guest is not in the file' : `${removal} keeps disks`;
  return keptOf({ all, goals, owner, kindOf, isEnded, whyData: endsData ? undefined : why });
}

function removalOf(other: Observed, goal: Resource | undefined, { kindOf, removal }: ChangesInput): ResourceChange {
  const change = kindOf(other.as.kind).compare(undefined, other)!;
  const cause = goal ? `wanted on ${goal.host}, not on ${other.as.host}` : (removal ?? change.cause);
  return { ref: refOf(other.as), goal: undefined, observed: other, change: { ...change, cause }, surplus: true };
}

function asKept({ as }: Observed, why: string, kindOf: KindOf): Kept {
  return { ref: refOf(as), host: as.host, describe: kindOf(as.kind).describe(as), why };
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
