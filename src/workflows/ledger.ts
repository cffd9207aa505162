import type { FailureData } from '../model/failure.ts';
import type { Outline } from '../model/plan.ts';
import type { BatchInput, BatchReport } from './contract.ts';

/** What of one batch did not succeed: the whole of it, or items by id. */
interface Shortfall {
  readonly whole: boolean;
  readonly items: readonly string[];
}

/** What a walk of the plan left behind: enough to roll back exactly what may have happened. */
export interface Ledger {
  /** Batches (indices) that were started, registered before they ran. */
  readonly started: Set<number>;
  readonly shortfalls: Map<number, Shortfall>;
  /** Items by batch (index) that were never tried. */
  readonly untouched: Map<number, readonly string[]>;
  readonly failures: { readonly item: string; readonly failure: FailureData }[];
  readonly irreversible: BatchReport['never'][number][];
  /** Hosts (indices) that were waited for in vain. */
  readonly gone: Set<number>;
  done: number;
  skipped: number;
  ended: number;
  /** True when a batch was stopped in the middle by a cancel. */
  interrupted: boolean;
}

/** An empty ledger. */
export function newLedger(): Ledger {
  return {
    started: new Set(),
    shortfalls: new Map(),
    untouched: new Map(),
    failures: [],
    irreversible: [],
    gone: new Set(),
    done: 0,
    skipped: 0,
    ended: 0,
    interrupted: false,
  };
}

/** Enters what a batch reported. */
export function enterReport(ledger: Ledger, index: number, report: BatchReport): void {
  const { done, skipped, never } = report;
  const failed = [...report.failed, ...(report.failedToo ?? []).map(untold)];
  ledger.done += done;
  ledger.skipped += skipped.length;
  ledger.failures.push(...failed);
  ledger.irreversible.push(...never);
  noteUntouched(ledger, index, skipped);
  const lost = never.flatMap((each) => (each.lost ? [each.item] : []));
  const items = [...failed.map((each) => each.item), ...skipped, ...lost];
  if (report.whole) ledger.shortfalls.set(index, { whole: true, items: [] });
  else if (items.length > 0) ledger.shortfalls.set(index, { whole: false, items });
}

function untold(item: string): Ledger['failures'][number] {
  return { item, failure: { code: 'command-failed', class: 'permanent', message: 'the event log says why' } };
}

/** Enters that nothing is known of a batch but that it failed. */
export function enterLoss(ledger: Ledger, index: number, failure: Ledger['failures'][number]): void {
  ledger.failures.push(failure);
  ledger.shortfalls.set(index, { whole: true, items: [] });
  ledger.untouched.delete(index);
}

/** Enters what one try of a batch left alone. What an earlier try had touched may be there all the same. */
export function noteUntouched(ledger: Ledger, index: number, skipped: readonly string[]): void {
  const before = ledger.untouched.get(index);
  const untouched = before ? skipped.filter((item) => before.includes(item)) : skipped;
  ledger.untouched.set(index, untouched);
}

/** What a batch must know of those it waited for. Only its direct predecessors: they name what they skipped themselves. */
export function failedBefore(ledger: Ledger, outline: Outline, index: number): BatchInput['failed'] {
  const batches: string[] = [];
  const items: string[] = [];
  for (const before of outline.batches[index]![5]) {
    const shortfall = ledger.shortfalls.get(before);
    if (shortfall?.whole) batches.push(outline.batches[before]![0]);
    else if (shortfall) items.push(...shortfall.items);
  }
  return { batches, items };
}
