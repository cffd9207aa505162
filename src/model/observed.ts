import type { HostFacts } from './host.ts';
import type { OwnerLabel } from './owner-label.ts';
import type { Ref } from './ref.ts';
import type { Resource } from './resources.ts';

/** A resource found on a host, written as the goal that would describe it. */
export interface Observed<R extends Resource = Resource> {
  readonly as: R;
  /** Undefined: it carries no mark of ours although it bears our name, so it is somebody else's. */
  readonly label: OwnerLabel | undefined;
  /** Something is wrong that the fields cannot say, such as `shut off` or `tap not bound`. */
  readonly drift?: string;
}

/** What the hosts hold, in one read per host. Unknown never means "delete" and never means "done". */
export interface ObservedState {
  readonly resources: ReadonlyMap<Ref, Observed>;
  readonly facts: ReadonlyMap<string, HostFacts>;
  /** Hosts that did not answer, with the reason. */
  readonly unknown: ReadonlyMap<string, string>;
}
