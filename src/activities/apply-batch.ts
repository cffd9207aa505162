import { Context } from '@temporalio/activity';
import type { Outcome } from '../model/outcome.ts';
import type { Batch, Item } from '../model/plan.ts';
import type { Carrier, CarrierItem, RunContext } from '../ports/carrier.ts';
import type { EmitEvent } from '../ports/events.ts';
import type { BatchInput, BatchReport } from '../workflows/contract.ts';
import { type Beat, cancelRequested, emitterFor, runOfActivity, withHeartbeat } from './activity-context.ts';
import type { ActivityPorts } from './activity-ports.ts';

/** Attempts spent on items that failed in a way that may pass, before their failure is reported as final. */
const attemptsForItems = 3;

/** Does or takes back one batch on one host: reads it from the store, hands it to its carrier, reports per item. */
export async function applyBatch(ports: ActivityPorts, input: BatchInput): Promise<BatchReport> {
  const batch = await ports.store.getBatch(input.plan, input.batch);
  const emit = emitterFor(ports.events, ports.now);
  const where = { stage: batch.stage, host: batch.host };
  const undoing = input.verb === 'undo';
  emit({
    type: 'event',
    level: 'info',
    code: undoing ? 'undo-started' : 'batch-started',
    text: undoing ? `take back: ${batch.summary}` : batch.summary,
    ...where,
    data: { batch: batch.id, items: batch.items.length },
  });
  const { tried, skipped, never } = await selectItems(ports, batch, input);
  const beat: Beat = { done: 0, of: tried.length };
  const outcomes = await withHeartbeat(beat, (signal) => {
    const context = runContext(batch, input, signal, emit, beat);
    const carrier = carrierFor(ports, batch);
    return tried.length === 0 ? Promise.resolve([]) : carrier.apply(batch.target, tried as never, context);
  });
  throwWhileWorthTrying(outcomes);
  reportOutcomes(batch, outcomes, skipped, undoing, emit);
  return reportOf(outcomes, skipped, never);
}

function carrierFor(ports: ActivityPorts, batch: Batch): Carrier {
  if (batch.transport === 'later') throw new Error(`batch ${batch.id} has no carrier`);
  return ports.world.carriers[batch.transport] as unknown as Carrier;
}

interface Selection {
  readonly tried: readonly CarrierItem[];
  readonly skipped: readonly string[];
  readonly never: readonly { readonly item: string; readonly why: string }[];
}

/** Leaves out what needs something that failed earlier; undo goes backwards and leaves out what cannot be taken back. */
async function selectItems(ports: ActivityPorts, batch: Batch, input: BatchInput): Promise<Selection> {
  const failed = new Set(input.failed.items);
  for (const id of input.failed.batches) {
    const other = await ports.store.getBatch(input.plan, id);
    other.items.forEach((item) => failed.add(item.id));
  }
  const undoing = input.verb === 'undo';
  const items = undoing ? backwards(batch.items) : batch.items;
  const tried: CarrierItem[] = [];
  const skipped: string[] = [];
  const never: { item: string; why: string }[] = [];
  for (const item of items) {
    if (item.needs.some((need) => failed.has(need))) {
      failed.add(item.id);
      skipped.push(item.id);
    } else if (!undoing) tried.push({ id: item.id, op: item.op, needs: item.needs });
    else if (item.undo.kind === 'op') tried.push({ id: item.id, op: item.undo.op, needs: item.needs });
    else never.push({ item: item.id, why: item.undo.why });
  }
  return { tried, skipped, never };
}

/** Edges turned round: an item is taken back only after what needs it was. */
function backwards(items: readonly Item[]): Item[] {
  const neededBy = new Map<string, string[]>(items.map((item) => [item.id, []]));
  for (const item of items) for (const need of item.needs) neededBy.get(need)?.push(item.id);
  return [...items].reverse().map((item) => ({ ...item, needs: neededBy.get(item.id)! }));
}

function runContext(batch: Batch, input: BatchInput, signal: AbortSignal, emit: EmitEvent, beat: Beat): RunContext {
  const where = { stage: batch.stage, host: batch.host };
  return {
    deployment: input.deployment,
    key: `${runOfActivity().runId}/${batch.id}`,
    verb: input.verb,
    attempt: Context.current().info.attempt,
    signal,
    cancelRequested,
    emit: (event) => emit({ ...where, ...event }),
    progress: (done, of, waitingFor) => {
      Object.assign(beat, { done, of });
      const text = waitingFor === undefined ? `${done} of ${of}` : `${done} of ${of}, waiting for ${waitingFor}`;
      emit({ type: 'progress', level: 'info', code: 'progress', text, ...where, data: { batch: batch.id, done, of } });
    },
  };
}

/** Transient failures of single items are worth another attempt of the batch: what is done already is not done again. */
function throwWhileWorthTrying(outcomes: readonly Outcome[]): void {
  if (Context.current().info.attempt >= attemptsForItems) return;
  for (const outcome of outcomes) {
    if (outcome.status === 'failed' && outcome.failure.class === 'transient') throw new TransientItems(outcome);
  }
}

/** Says why the whole batch is tried again. */
class TransientItems extends Error {
  constructor(outcome: Extract<Outcome, { status: 'failed' }>) {
    super(`${outcome.id}: ${outcome.failure.message}`);
  }
}

function reportOutcomes(
  batch: Batch,
  outcomes: readonly Outcome[],
  skipped: readonly string[],
  undoing: boolean,
  emit: EmitEvent,
): void {
  const where = { stage: batch.stage, host: batch.host };
  const items = new Map(batch.items.map((item) => [item.id, item] as const));
  for (const outcome of outcomes) {
    const item = items.get(outcome.id);
    const text = item?.describe ?? outcome.id;
    const who = item?.guest === undefined ? {} : { guest: item.guest };
    if (outcome.status === 'failed') {
      const code = undoing ? 'undo-failed' : 'item-failed';
      emit({
        type: 'event',
        level: 'error',
        code,
        text: `${text}: ${outcome.failure.message}`,
        ...where,
        ...who,
        data: { ...outcome.failure },
      });
    } else if (outcome.status === 'done') {
      const code = undoing ? 'undo-done' : 'item-done';
      emit({
        type: 'event',
        level: undoing ? 'info' : 'debug',
        code,
        text,
        ...where,
        ...who,
        data: { item: outcome.id },
      });
    }
  }
  for (const id of skipped) {
    emit({ type: 'event', level: 'warn', code: 'item-skipped', text: id, ...where });
  }
  const count = (status: Outcome['status']): number => outcomes.filter((each) => each.status === status).length;
  const bad = count('failed') + skipped.length;
  emit({
    type: 'event',
    level: bad > 0 ? 'error' : 'info',
    code: bad > 0 ? 'batch-failed' : 'batch-done',
    text: batch.summary,
    ...where,
    data: { batch: batch.id, done: count('done'), already: count('already'), failed: bad },
  });
}

function reportOf(outcomes: readonly Outcome[], skipped: readonly string[], never: Selection['never']): BatchReport {
  const failed = outcomes.flatMap((each) =>
    each.status === 'failed' ? [{ item: each.id, failure: each.failure }] : [],
  );
  return {
    done: outcomes.filter((each) => each.status === 'done').length,
    already: outcomes.filter((each) => each.status === 'already').length,
    failed,
    skipped,
    never,
  };
}
