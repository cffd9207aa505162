import { copiesByRef, lifeOf, type Observed } from '../model/observed.ts';
import type { Kept } from '../model/plan.ts';
import { type Ref, refOf } from '../model/ref.ts';
import type { Resource } from '../model/resources.ts';
import { isForeign, type KindOf, needsOf, type Owner } from './resource-change.ts';

/** What planning leaves alone although nothing wants it. */
export interface Keeping {
  /** True for a copy that stays. */
  has(observed: Observed): boolean;
  readonly told: readonly Kept[];
}

/** What is kept is found with. */
export interface KeepingInput {
  readonly all: readonly Observed[];
  readonly goals: ReadonlyMap<Ref, Resource>;
  readonly owner: Owner;
  readonly kindOf: KindOf;
  /** True for what a person ended, whatever gave it life. */
  readonly isEnded: (resource: Resource) => boolean;
  /** Why data outlives what used it; undefined where it does not. */
  readonly whyData: string | undefined;
}

/**
 * Finds what outlives. A disk nobody asked to be removed, with everything of its guest that makes it usable again (the
 * seed, which scripts ran) and what it stands on (folder, image); the rest of its guest goes. What a person asked for,
 * with all it needs. And what others stand on, while they do.
 */
export function keptOf(input: KeepingInput): Keeping {
  const { all, goals, owner, kindOf, isEnded, whyData } = input;
  const surplus = all.filter((each) => !isForeign(each, owner) && !goals.has(refOf(each.as)) && !isEnded(each.as));
  const asked = surplus.filter((each) => lifeOf(each) === 'person');
  const isData = (each: Observed): boolean => lifeOf(each) !== 'person' && kindOf(each.as.kind).outlives === 'data';
  const data = whyData === undefined ? [] : surplus.filter(isData);
  const kept = new Set([...asked, ...data, ...stoodOn(surplus, goals, kindOf)]);
  addCompanions(data, kept, input);
  addNeedsOfAsked(asked, kept, surplus, kindOf);
  const tell = ({ as }: Observed, why: string): Kept => ({
    ref: refOf(as),
    host: as.host,
    describe: kindOf(as.kind).describe(as),
    why,
  });
  return {
    has: (each) => kept.has(each),
    told: [...data.map((each) => tell(each, whyData!)), ...asked.map((each) => tell(each, whyAsked))],
  };
}

/** Why what a person asked for stays. */
export const whyAsked = 'it was asked for; down --purge removes it';

/** What a guest's disk needs to be used again; what was ended with its guest too, where another disk stands on it. */
function addCompanions(data: readonly Observed[], kept: Set<Observed>, { all, owner, kindOf }: KeepingInput): void {
  const guests = new Set(data.map(placeOfGuest));
  const companions = all.filter((each) => !isForeign(each, owner) && kindOf(each.as.kind).outlives === 'with data');
  for (const each of companions) if (each.as.guest !== undefined && guests.has(placeOfGuest(each))) kept.add(each);
  const byRef = copiesByRef(companions.map((each) => [refOf(each.as), each]));
  for (const each of kept) {
    for (const { ref } of needsOf(each.as, kindOf)) {
      for (const other of byRef.get(ref) ?? []) if (other.as.host === each.as.host) kept.add(other);
    }
  }
}

/** Knowledge stays without what it is about; a thing does not. */
function addNeedsOfAsked(
  asked: readonly Observed[],
  kept: Set<Observed>,
  surplus: readonly Observed[],
  kindOf: KindOf,
): void {
  const byRef = copiesByRef(surplus.map((each) => [refOf(each.as), each]));
  const queue = new Set(asked);
  for (const each of queue) {
    kept.add(each);
    if (kindOf(each.as.kind).isKnowledge) continue;
    for (const { ref } of needsOf(each.as, kindOf)) {
      const copies = byRef.get(ref) ?? [];
      const beside = copies.filter(({ as }) => as.host === each.as.host);
      for (const other of beside.length > 0 ? beside : copies) queue.add(other);
    }
  }
}

/** What something that is wanted on the same host stands on. */
function stoodOn(surplus: readonly Observed[], goals: ReadonlyMap<Ref, Resource>, kindOf: KindOf): Observed[] {
  const references = surplus.filter((each) => lifeOf(each) === 'reference');
  if (references.length === 0) return [];
  const needs = [...goals.values()].flatMap((goal) => needsOf(goal, kindOf).map(({ ref }) => `${ref} ${goal.host}`));
  const needed = new Set(needs);
  return references.filter(({ as }) => needed.has(`${refOf(as)} ${as.host}`));
}

/** Guests of one name on two hosts are two machines. */
function placeOfGuest({ as }: Observed): string {
  return `${as.host} ${as.guest ?? as.name}`;
}
