import type { FailureData } from '../model/failure.ts';
import type { ImageToPull } from '../model/image.ts';
import type { Plan } from '../model/plan.ts';
import type { Fingerprint } from '../planner/fingerprint.ts';

/** A plan as it is shown: without the operations, which are for hosts. */
export interface ShownPlan {
  readonly plan: Omit<Plan, 'batches'>;
  readonly text: string;
  /** What stands in the way of running it. */
  readonly refused: readonly FailureData[];
  /** Images `up` would pull first; a plan made without the server has none. */
  readonly toPull?: readonly ImageToPull[];
  /** By which it is known again when it was saved; a plan nobody asked the hosts for has none. */
  readonly fingerprint?: Fingerprint;
}
