import type { FailureData } from '../../model/failure.ts';
import type { Op } from '../../model/transport/op.ts';
import type { Outcome } from '../../model/outcome.ts';
import type { CarrierItem, RunContext } from '../../ports/carrier.ts';

/** Collects what became of the items of a batch; what needs a failed one is skipped, and so is what needs that. */
export class Outcomes<O extends Op> {
  readonly #items: readonly CarrierItem<O>[];
  readonly #known = new Map<string, Outcome>();
  readonly #context: RunContext;

  constructor(items: readonly CarrierItem<O>[], context: RunContext) {
    this.#items = items;
    this.#context = context;
  }

  succeed(id: string, status: 'done' | 'already'): void {
    this.#set({ id, status });
  }

  fail(id: string, failure: FailureData): void {
    this.#set({ id, status: 'failed', failure });
    this.#skipDependants(id);
  }

  /** Items nothing is known about yet, in order. */
  open(): CarrierItem<O>[] {
    return this.#items.filter((item) => !this.#known.has(item.id));
  }

  isOpen(id: string): boolean {
    return !this.#known.has(id);
  }

  list(): Outcome[] {
    return [...this.#known.values()];
  }

  #skipDependants(id: string): void {
    for (const item of this.#items) {
      if (!item.needs.includes(id) || this.#known.has(item.id)) continue;
      this.#set({ id: item.id, status: 'skipped' });
      this.#skipDependants(item.id);
    }
  }

  #set(outcome: Outcome): void {
    this.#known.set(outcome.id, outcome);
    this.#context.progress(this.#known.size, this.#items.length);
  }
}
