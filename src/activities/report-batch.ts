import type { Outcome } from '../model/outcome.ts';
import { fitFailures, type NamedFailure } from '../model/fit-failures.ts';
import type { Batch } from '../model/plan.ts';
import type { EmitEvent } from '../ports/events.ts';
import type { BatchInput, BatchReport } from '../workflows/contract.ts';
import type { Selection } from './select-items.ts';

type Verb = BatchInput['verb'];

/** Of the 64 KB of a payload: names of what failed or was skipped need the rest. */
const failureBytes = 32 * 1024;

/** Says that work on a batch begins, or begins again. */
export function announce(batch: Batch, verb: Verb, attempt: number, emit: EmitEvent): void {
  const what = verb === 'undo' ? `roll back: ${batch.summary}` : batch.summary;
  const first = verb === 'undo' ? 'undo-started' : 'batch-started';
  emit({
    type: 'event',
    level: attempt > 1 ? 'warn' : 'info',
    code: attempt > 1 ? 'batch-retry' : first,
    text: attempt > 1 ? `attempt ${attempt}: ${what}` : what,
    stage: batch.stage,
    host: batch.host,
    data: { batch: batch.id, items: batch.items.length, verb },
  });
}

/** What the workflow hears of a batch: counts, and names only where something went wrong. */
export function reportOf(outcomes: readonly Outcome[], selection: Selection): BatchReport {
  const { told, left } = fitFailures(failuresIn(outcomes), failureBytes);
  const count = (status: Outcome['status']): number => outcomes.filter((each) => each.status === status).length;
  return {
    done: count('done'),
    already: count('already'),
    failed: told,
    ...(left.length === 0 ? {} : { failedToo: left.map(({ item }) => item) }),
    skipped: [...selection.skipped, ...outcomes.flatMap((each) => (each.status === 'skipped' ? [each.id] : []))],
    never: selection.irreversible,
  };
}

function failuresIn(outcomes: readonly Outcome[]): NamedFailure[] {
  return outcomes.flatMap((each) => (each.status === 'failed' ? [{ item: each.id, failure: each.failure }] : []));
}

/** Tells the run's event log what became of every item, and of the batch. */
export function tellOutcomes(
  batch: Batch,
  verb: Verb,
  outcomes: readonly Outcome[],
  { report, causes }: { readonly report: BatchReport; readonly causes: Selection['causes'] },
  emit: EmitEvent,
): void {
  const where = { stage: batch.stage, host: batch.host };
  const items = new Map(batch.items.map((item) => [item.id, item] as const));
  const about = (id: string): { text: string; guest?: string } => {
    const item = items.get(id);
    return { text: item?.describe ?? id, ...(item?.guest === undefined ? {} : { guest: item.guest }) };
  };
  for (const { id, status } of outcomes) {
    if (status !== 'done') continue;
    const [code, level] = verb === 'undo' ? (['undo-done', 'info'] as const) : (['item-done', 'debug'] as const);
    emit({ type: 'event', level, code, ...where, ...about(id), data: { item: id } });
  }
  for (const { item, failure } of failuresIn(outcomes)) {
    const code = verb === 'undo' ? 'undo-failed' : 'item-failed';
    const { text, ...who } = about(item);
    const data = { item, ...failure };
    emit({ type: 'event', level: 'error', code, text: `${text}: ${failure.message}`, ...where, ...who, data });
  }
  const told = new Map(outcomes.flatMap((each) => (each.status === 'skipped' ? [[each.id, each.cause] as const] : [])));
  for (const item of report.skipped) {
    const { text, ...who } = about(item);
    const cause = told.get(item) ?? causes.get(item);
    const why = cause === undefined ? text : `${text}: ${cause}`;
    emit({ type: 'event', level: 'warn', code: 'item-skipped', ...where, ...who, text: why, data: { item } });
  }
  for (const { item, why } of report.never) {
    const { text, ...who } = about(item);
    emit({
      type: 'event',
      level: 'warn',
      code: 'undo-failed',
      text: `${text}: ${why}`,
      ...where,
      ...who,
      data: { item },
    });
  }
  tellBatch(batch, report, emit);
}

function tellBatch(batch: Batch, { done, already, failed, failedToo, skipped }: BatchReport, emit: EmitEvent): void {
  const bad = failed.length + (failedToo?.length ?? 0) + skipped.length;
  emit({
    type: 'event',
    level: bad > 0 ? 'error' : 'info',
    code: bad > 0 ? 'batch-failed' : 'batch-done',
    text: batch.summary,
    stage: batch.stage,
    host: batch.host,
    data: { batch: batch.id, done, already, failed: bad },
  });
}
