import type { HostFacts } from './host.ts';
import type { Life, OwnerLabel } from './owner-label.ts';
import type { Ref } from './ref.ts';
import type { Resource } from './resources.ts';

/** A resource found on a host, written as the goal that would describe it. */
export interface Observed<R extends Resource = Resource> {
  readonly as: R;
  /** Undefined: it carries no label of ours although it bears our name, so it belongs to something else. */
  readonly label: OwnerLabel | undefined;
  /** Something is wrong that the fields cannot say, such as `shut off` or `tap not bound`. */
  readonly drift?: string;
  /** The boot a domain runs in; for what is known of a guest, the boot that is true for. */
  readonly boot?: string;
  /** Size of its file, for a disk. */
  readonly bytes?: number;
  /** The drift is what a person asked for (a stopped guest): told, not counted as a fault; `up` ends it. */
  readonly asked?: true;
}

/** Why it exists: its label says so. */
export function lifeOf({ label }: Pick<Observed, 'label'>): Life {
  return label?.life ?? 'file';
}

/** What all known hosts hold, in one read per host. Unknown never means "delete", "done" or "make another elsewhere". */
export interface ObservedState {
  /** Every copy of each resource that was found: more than one where a host kept what was made again elsewhere. */
  readonly copies: ReadonlyMap<Ref, readonly Observed[]>;
  readonly facts: ReadonlyMap<string, HostFacts>;
  /** Hosts that did not answer, with the reason. */
  readonly unknown: ReadonlyMap<string, string>;
}

/** What is observed where nobody looked. */
export const nothingObserved: ObservedState = { copies: new Map(), facts: new Map(), unknown: new Map() };

/** The copy on a host; without one there, or without a host, the first that was found anywhere. */
export function copyOf({ copies }: Pick<ObservedState, 'copies'>, ref: Ref, host?: string): Observed | undefined {
  const all = copies.get(ref) ?? [];
  return all.find(({ as }) => as.host === host) ?? all[0];
}

/** Collects copies by identity, in the order in which they were read. A record under an older name is not another copy. */
export function copiesByRef(found: Iterable<readonly [Ref, Observed]>): ReadonlyMap<Ref, readonly Observed[]> {
  const copies = new Map<Ref, Observed[]>();
  for (const [ref, each] of found) {
    const others = copies.get(ref)?.filter(({ as }) => as.host !== each.as.host || as.recordedAs === undefined) ?? [];
    const isKnown = each.as.recordedAs !== undefined && others.some(({ as }) => as.host === each.as.host);
    copies.set(ref, isKnown ? others : [...others, each]);
  }
  return copies;
}
