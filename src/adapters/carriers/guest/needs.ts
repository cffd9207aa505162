import type { Outcome } from '../../../model/outcome.ts';
import type { Ref } from '../../../model/ref.ts';
import type { OpOf } from '../../../model/transport/op.ts';
import type { CarrierItem } from '../../../ports/carrier.ts';
import { type Deferred, deferred, unlessAborted } from '../../deferred.ts';

type GuestItem = CarrierItem<OpOf<'guest'>>;

interface State {
  readonly item: GuestItem;
  readonly ended: Deferred<boolean>;
  /** It was resumed: enough for those that only want it started. */
  readonly started: Deferred<true>;
}

/** What the items of a batch wait for in the chains of other guests. */
export class Needs {
  readonly #states: ReadonlyMap<string, State>;

  constructor(items: readonly GuestItem[]) {
    this.#states = new Map(
      items.map((item) => [item.id, { item, ended: deferred<boolean>(), started: deferred<true>() }]),
    );
  }

  started(id: string): void {
    this.#states.get(id)?.started.resolve(true);
  }

  ended({ id, status }: Outcome): void {
    this.#states.get(id)?.ended.resolve(status === 'done' || status === 'already');
  }

  /** Waits for all an item needs; returns the first that failed, as what the item cannot do without. */
  async failedNeed({ op, needs }: GuestItem, signal: AbortSignal): Promise<string | undefined> {
    for (const id of needs) {
      const state = this.#states.get(id);
      if (!state) continue;
      const waits = wantsOnlyStart(op, refOf(state.item))
        ? Promise.race([state.started.promise, state.ended.promise])
        : state.ended.promise;
      if (!(await unlessAborted(waits, signal))) return refOf(state.item);
    }
    return undefined;
  }
}

function refOf({ op }: GuestItem): Ref {
  return op.do === 'forget' ? op.ref : op.record.ref;
}

function wantsOnlyStart(op: OpOf<'guest'>, need: Ref): boolean {
  return op.do === 'ready' && (op.goal.after ?? []).some(({ ref, started }) => ref === need && started === true);
}
