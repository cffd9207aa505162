import type { Outline } from '../model/plan.ts';
import type { Prepared } from './contract.ts';
import { type Ledger, newLedger } from './ledger.ts';

/** A plan and a selection of its batches, with what became of them. A run is a list of segments, one after the other. */
export interface Segment {
  /** 0 for all segments of the first plan; a plan that was made anew has a number of its own. */
  readonly number: number;
  readonly plan: string;
  readonly outline: Outline;
  readonly ledger: Ledger;
}

/** The segments of a plan: all of it; or what loses data apart, to be run when all before has succeeded. */
export function segmentsOf({ plan, outline, lastFrom }: Prepared, number = 0): Segment[] {
  const { length } = outline.batches;
  const parts =
    lastFrom === undefined || lastFrom === 0
      ? [outline]
      : [part(outline, 0, lastFrom), part(outline, lastFrom, length)];
  return parts.map((each) => ({ number, plan, outline: each, ledger: newLedger() }));
}

/** Some neighbouring batches of an outline, and the edges between them. What they wait for before has ended by then. */
function part(outline: Outline, from: number, to: number): Outline {
  const batches = outline.batches
    .slice(from, to)
    .map(
      ([id, host, transport, stage, summary, after]) =>
        [
          id,
          host,
          transport,
          stage,
          summary,
          after.filter((other) => other >= from).map((other) => other - from),
        ] as const,
    );
  return { ...outline, batches };
}

/** True when every batch of every segment has ended and none was stopped in the middle. */
export function isFinished(segments: readonly Segment[]): boolean {
  return segments.every(({ outline, ledger }) => !ledger.interrupted && ledger.ended === outline.batches.length);
}

/** What failed, in the order of the segments. */
export function failuresOf(segments: readonly Segment[]): Ledger['failures'] {
  return segments.flatMap(({ ledger }) => ledger.failures);
}

/** How many batches there are, how many have ended, and how many items were never tried. */
export function countsOf(segments: readonly Segment[]): { batches: number; ended: number; skipped: number } {
  const sum = (count: (segment: Segment) => number): number => segments.reduce((total, each) => total + count(each), 0);
  return {
    batches: sum(({ outline }) => outline.batches.length),
    ended: sum(({ ledger }) => ledger.ended),
    skipped: sum(({ ledger }) => ledger.skipped),
  };
}
