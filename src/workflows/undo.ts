import type { Outline } from '../model/plan.ts';
import type { BatchInput } from './contract.ts';
import { newLedger, runPlan } from './run-plan.ts';

/** What taking back achieved. */
export interface UndoReport {
  readonly undone: number;
  readonly leftovers: readonly { readonly item: string; readonly why: string }[];
}

/** The plan backwards, over the batches that were started only: edges turned round. */
export function backwards(outline: Outline, started: ReadonlySet<number>): Outline {
  const order = [...started].sort((a, b) => b - a);
  const position = new Map(order.map((index, n) => [index, n] as const));
  const after: number[][] = order.map(() => []);
  for (const index of order) {
    for (const before of outline.batches[index]![5]) {
      const at = position.get(before);
      if (at !== undefined) after[at]!.push(position.get(index)!);
    }
  }
  return {
    ...outline,
    batches: order.map((index, n) => {
      const [id, host, transport, stage, summary] = outline.batches[index]!;
      return [id, host, transport, stage, summary, after[n]!.sort((a, b) => a - b)];
    }),
  };
}

/** Takes back everything a run made or reversibly changed, in reverse order; what it cannot is named. */
export async function undoPlan(
  outline: Outline,
  started: ReadonlySet<number>,
  input: Pick<BatchInput, 'deployment' | 'plan'>,
): Promise<UndoReport> {
  const ledger = newLedger();
  await runPlan({ verb: 'undo', outline: backwards(outline, started), input }, ledger);
  const leftovers = [
    ...ledger.never,
    ...ledger.failures.map(({ item, failure }) => ({ item, why: failure.message })),
    ...ledger.skipped.map((item) => ({ item, why: 'something that uses it is left over' })),
  ];
  return { undone: ledger.done, leftovers };
}
