import { copiesByRef, type Observed } from '../model/observed.ts';
import type { Kept } from '../model/plan.ts';
import { refOf } from '../model/ref.ts';
import { isForeign, type KindOf, needsOf, type Owner } from './resource-change.ts';

/** What planning leaves alone although nothing wants it. */
export interface Keeping {
  /** True for a copy that stays. */
  has(observed: Observed): boolean;
  readonly told: readonly Kept[];
}

/**
 * Finds what outlives: a disk nobody asked to be removed, with everything of its guest that makes it usable again (the
 * seed, which scripts ran) and what it stands on (folder, image). The rest of its guest goes.
 */
export function keptOf(
  all: readonly Observed[],
  isData: (observed: Observed) => boolean,
  why: string,
  owner: Owner,
  kindOf: KindOf,
): Keeping {
  const ours = all.filter((each) => !isForeign(each, owner));
  const data = ours.filter((each) => kindOf(each.as.kind).outlives === 'data' && isData(each));
  const guests = new Set(data.map(placeOfGuest));
  const kept = new Set<Observed>(data);
  const companions = ours.filter((each) => kindOf(each.as.kind).outlives === 'with data');
  for (const each of companions) if (each.as.guest !== undefined && guests.has(placeOfGuest(each))) kept.add(each);
  const byRef = copiesByRef(companions.map((each) => [refOf(each.as), each]));
  for (const each of kept) {
    for (const { ref } of needsOf(each.as, kindOf)) {
      for (const other of byRef.get(ref) ?? []) if (other.as.host === each.as.host) kept.add(other);
    }
  }
  return {
    has: (each) => kept.has(each),
    told: data.map(({ as }) => ({ ref: refOf(as), host: as.host, describe: kindOf(as.kind).describe(as), why })),
  };
}

/** Guests of one name on two hosts are two machines. */
function placeOfGuest({ as }: Observed): string {
  return `${as.host} ${as.guest ?? as.name}`;
}

/** Nothing is kept: what is not wanted goes. */
export const keepsNothing: Keeping = { has: () => false, told: [] };
