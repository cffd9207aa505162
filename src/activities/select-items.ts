import type { Batch } from '../model/plan.ts';
import type { CarrierItem } from '../ports/carrier.ts';
import type { BatchInput, BatchReport } from '../workflows/contract.ts';

/** What of a batch is handed to its carrier, and what is not. */
export interface Selection {
  readonly tried: readonly CarrierItem[];
  readonly skipped: readonly string[];
  /** Of each that is skipped, what it needs and what failed. */
  readonly causes: ReadonlyMap<string, string>;
  readonly irreversible: BatchReport['never'];
}

/** Leaves out what needs something that failed. Undo goes backwards, and leaves out what cannot be rolled back. */
export function selectItems(
  batch: Batch,
  verb: BatchInput['verb'],
  failedBefore: Iterable<string>,
  untouched: readonly string[],
): Selection {
  const failed = new Set(failedBefore);
  const nothingToUndo = new Set(untouched);
  const tried: CarrierItem[] = [];
  const skipped: string[] = [];
  const causes = new Map<string, string>();
  const never: { item: string; why: string; lost: boolean }[] = [];
  const undoing = verb === 'undo';
  for (const item of undoing ? [...batch.items].reverse() : batch.items) {
    if (undoing && nothingToUndo.has(item.id)) continue;
    const needs = undoing ? item.neededBy : item.needs;
    const missing = needs.find((need) => failed.has(need));
    if (missing !== undefined) {
      failed.add(item.id);
      skipped.push(item.id);
      causes.set(item.id, `${missing} failed`);
    } else if (!undoing) tried.push({ id: item.id, op: item.op, needs });
    else if (item.undo.kind === 'op') tried.push({ id: item.id, op: item.undo.op, needs });
    else {
      const lost = item.action === 'delete';
      if (lost) failed.add(item.id);
      never.push({ item: item.id, why: item.undo.why, lost });
    }
  }
  return { tried, skipped, causes, irreversible: never };
}
