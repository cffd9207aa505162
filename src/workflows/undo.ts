import type { Outline } from '../model/plan.ts';
import { type Ledger, newLedger } from './ledger.ts';
import type { Leftover } from './contract.ts';
import { type PlanWalk, runPlan } from './run-plan.ts';

/** What rolling back achieved. */
export interface UndoReport {
  readonly undone: number;
  readonly leftovers: readonly Leftover[];
}

/** The plan backwards, over the batches that were started only: edges turned round. */
function backwards(outline: Outline, started: ReadonlySet<number>): { order: number[]; reversed: Outline } {
  const order = [...started].sort((a, b) => b - a);
  const position = new Map(order.map((index, n) => [index, n] as const));
  const after: number[][] = order.map(() => []);
  for (const index of order) {
    for (const before of outline.batches[index]![5]) {
      const at = position.get(before);
      if (at !== undefined) after[at]!.push(position.get(index)!);
    }
  }
  const reversed = {
    ...outline,
    batches: order.map((index, n) => {
      const [id, host, transport, stage, summary] = outline.batches[index]!;
      return [id, host, transport, stage, summary, after[n]!.sort((a, b) => a - b)] as const;
    }),
  };
  return { order, reversed };
}

/** Rolls back everything a run made or reversibly changed, in reverse order; what it cannot is named. */
export async function undoPlan(outline: Outline, done: Ledger, input: PlanWalk['input']): Promise<UndoReport> {
  const { order, reversed } = backwards(outline, done.started);
  const ledger = newLedger();
  const untouched = (n: number): readonly string[] => done.untouched.get(order[n]!) ?? [];
  await runPlan({ verb: 'undo', outline: reversed, input, untouched }, ledger);
  const hostOf = (n: number): string => reversed.hosts[reversed.batches[n]![1]]!;
  const leftovers = [
    ...ledger.irreversible.map(({ item, why }) => ({ item, why })),
    ...ledger.failures.map(({ item, failure: { message: why, host } }) => ({
      item,
      why,
      ...(host === undefined ? {} : { host }),
    })),
    ...[...ledger.untouched].flatMap(([n, items]) => stuck(items, hostOf(n))),
  ];
  return { undone: ledger.done, leftovers };
}

function stuck(items: readonly string[], host: string): Leftover[] {
  return items.map((item) => ({ item, why: 'something it is tied to could not be rolled back', host }));
}
