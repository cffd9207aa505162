import { createHash } from 'node:crypto';
import { Failure } from '../../model/failure.ts';
import type { Batch, Plan } from '../../model/plan.ts';
import type { Op, OpOf } from '../../model/transport/op.ts';

/** A plan without its batches' contents: the order of their ids. */
interface PlanIndex extends Omit<Plan, 'batches'> {
  readonly batches: readonly string[];
}

/** A plan as databases keep it: one row for itself, one for each batch. */
export interface PlanRows {
  /** Hash of the content. */
  readonly reference: string;
  readonly body: string;
  readonly batches: readonly { readonly id: string; readonly body: string }[];
}

/** Takes a plan apart. The planner gives the same plan the same text, so it can be hashed as it is written. */
export function rowsOf({ batches, ...rest }: Plan): PlanRows {
  const index: PlanIndex = { ...rest, batches: batches.map((batch) => batch.id) };
  const body = JSON.stringify(index);
  const rows = batches.map((batch) => ({ id: batch.id, body: bodyOf(batch) }));
  const hash = createHash('sha256').update(body);
  for (const row of rows) hash.update('\n').update(row.body);
  return { reference: hash.digest('hex').slice(0, 32), body, batches: rows };
}

/** Puts a plan together again; its order is in its own row. */
export function planOf(reference: string, body: string, batches: PlanRows['batches']): Plan {
  const bodies = new Map(batches.map((row) => [row.id, row.body]));
  const index = JSON.parse(body) as PlanIndex;
  return { ...index, batches: index.batches.map((id) => batchOf(reference, id, bodies.get(id))) };
}

/** A batch's row as a batch. */
export function batchOf(plan: string, id: string, body: string | undefined): Batch {
  const batch = JSON.parse(body ?? gone(`batch ${id} of plan ${plan}`)) as Batch;
  for (const { op } of batch.items) refill(op);
  return batch;
}

/** What an operation and the record it leaves both hold is written once: of large plans it would be a fourth. */
function bodyOf(batch: Batch): string {
  const items = batch.items.map((item) => {
    const op = thinned(item.op);
    return op === item.op ? item : { ...item, op };
  });
  return JSON.stringify({ ...batch, items });
}

function thinned(op: Op): unknown {
  if ('goal' in op && op.goal === op.record.goal) return { ...op, goal: undefined };
  if (!isMaking(op) || !('files' in op.make && 'files' in op.record.goal)) return op;
  return op.make.files === op.record.goal.files ? { ...op, make: { ...op.make, files: undefined } } : op;
}

/** What a row left out is what the record holds where that has it, whatever kind of thing it is about. */
function refill(op: Op): void {
  if (op.transport === 'guest' && (op.do === 'ready' || op.do === 'script'))
    Object.assign(op, { goal: op.goal ?? op.record.goal });
  if (!isMaking(op) || !('files' in op.record.goal)) return;
  Object.assign(op.make, { files: 'files' in op.make ? op.make.files : op.record.goal.files });
}

function isMaking(op: Op): op is OpOf<'files'> & { do: 'ensure' } {
  return op.transport === 'files' && op.do === 'ensure';
}

/** For what a reference leads to, and is not there. */
export function gone(what: string): never {
  const hint = 'start the command again: it makes a new plan from what the hosts hold now';
  throw new Failure({ code: 'file-missing', class: 'permanent', message: `${what} is not in the store`, hint });
}
