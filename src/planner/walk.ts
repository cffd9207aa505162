import type { Outline } from '../model/plan.ts';

/** The pure walk of a plan: which batches may start, given what has finished. Used inside workflows. */
export interface Walk {
  /** Batches (indices) that may start now and were not handed out before; at most `lanes` in flight besides `idle` ones. */
  next(idle?: number): number[];
  /** Tells that a batch ended, well or badly: those after it may start; they skip what needs the failed. */
  ended(batch: number): void;
  /** True when every batch has ended. */
  done(): boolean;
}

/** Walks an outline by its edges in the order of the plan. */
export function walkOf(outline: Outline, lanes: number): Walk {
  const waiting = outline.batches.map((batch) => batch[5].length);
  const dependants: number[][] = outline.batches.map(() => []);
  outline.batches.forEach((batch, index) => batch[5].forEach((before) => dependants[before]!.push(index)));
  const ready: number[] = [];
  waiting.forEach((count, index) => {
    if (count === 0) ready.push(index);
  });
  let inFlight = 0;
  let ended = 0;
  return {
    next: (idle = 0) => {
      const some = ready.splice(0, Math.max(0, lanes + idle - inFlight));
      inFlight += some.length;
      return some;
    },
    ended: (batch) => {
      inFlight -= 1;
      ended += 1;
      const freed = dependants[batch]!.filter((other) => (waiting[other]! -= 1) === 0);
      ready.push(...freed);
      ready.sort((a, b) => a - b);
    },
    done: () => ended === outline.batches.length,
  };
}
