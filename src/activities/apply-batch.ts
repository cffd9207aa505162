import { Context } from '@temporalio/activity';
import { Failure, type FailureData, failureOf } from '../model/failure.ts';
import type { Outcome } from '../model/outcome.ts';
import type { Batch } from '../model/plan.ts';
import { isCarried } from '../model/transport/table.ts';
import type { Carrier, CarrierItem, RunContext } from '../ports/carrier.ts';
import type { EmitEvent } from '../ports/events.ts';
import type { BatchInput, BatchReport } from '../workflows/contract.ts';
import {
  attemptsForItems,
  type Beat,
  cancelRequested,
  emitterFor,
  runOfActivity,
  withHeartbeat,
} from './activity-context.ts';
import type { ActivityPorts } from './activity-ports.ts';
import { announce, reportOf, tellOutcomes } from './report-batch.ts';
import { selectItems } from './select-items.ts';

/** Does or rolls back one batch on one host: reads it from the store, hands it to its carrier, reports per item. */
export async function applyBatch(ports: ActivityPorts, input: BatchInput): Promise<BatchReport> {
  const beat: Beat = { done: 0, of: 1 };
  return withHeartbeat(beat, async (signal) => {
    const batch = await ports.store.getBatch(input.plan, input.batch);
    const emit = emitterFor(ports.events, ports.now);
    announce(batch, input.verb, Context.current().info.attempt, emit);
    const selection = selectItems(batch, input.verb, await failedItems(ports, input), input.untouched);
    const { tried } = selection;
    Object.assign(beat, { of: tried.length });
    const { runId } = runOfActivity();
    const context: RunContext = {
      ...runContext(batch, input, signal, emit, beat),
      installation: ports.store.installation,
      linesHeard: (guest, script) => ports.events.lastScriptLine(runId, guest, script),
    };
    const { outcomes, whole } = await applyOrGiveUp(ports, batch, tried, context, input.waitSeconds);
    throwWhileWorthTrying(outcomes);
    const report = { ...reportOf(outcomes, selection), ...(whole ? { whole } : {}) };
    tellOutcomes(batch, input.verb, outcomes, { report, causes: selection.causes }, emit);
    return report;
  });
}

/** How many of a batch's items are named when all of them failed alike. */
const named = 50;

/** Rolling back waits for a host that does not answer, but not for ever: then its items are left over. */
async function applyOrGiveUp(
  ports: ActivityPorts,
  batch: Batch,
  tried: readonly CarrierItem[],
  context: RunContext,
  waitSeconds: number | undefined,
): Promise<{ outcomes: readonly Outcome[]; whole?: true }> {
  if (tried.length === 0) return { outcomes: [] };
  try {
    return { outcomes: await carrierFor(ports, batch).apply(batch.target, tried, context) };
  } catch (error) {
    const failure = failureOf(error);
    if (context.signal.aborted || failure.class !== 'host') throw error;
    context.progress(0, tried.length, batch.host);
    const waitedMs = ports.now().getTime() - Context.current().info.scheduledTimestampMs;
    if (waitSeconds === undefined || waitedMs < waitSeconds * 1000) throw error;
    const some = tried.slice(0, named).map(({ id }) => ({ id, status: 'failed', failure }) as const);
    const more = tried.length - some.length;
    const rest = more > 0 ? [{ id: `${more} more of ${batch.id}`, status: 'failed', failure } as const] : [];
    return { outcomes: [...some, ...rest], whole: true };
  }
}

function carrierFor(ports: ActivityPorts, { id, transport }: Batch): Carrier {
  // Kinds without a carrier are refused while planning.
  if (!isCarried(transport)) throw new Error(`batch ${id} has no carrier`);
  return ports.world.carriers[transport] as unknown as Carrier;
}

async function failedItems(ports: ActivityPorts, { plan, failed }: BatchInput): Promise<readonly string[]> {
  const batches = await Promise.all(failed.batches.map((id) => ports.store.getBatch(plan, id)));
  return [...failed.items, ...batches.flatMap((batch) => batch.items.map((item) => item.id))];
}

/** Nobody sees counters move faster, and every one is a line of the log. */
const progressEveryMs = 100;

function runContext(
  batch: Batch,
  input: BatchInput,
  signal: AbortSignal,
  emit: EmitEvent,
  beat: Beat,
): Omit<RunContext, 'installation'> {
  const where = { stage: batch.stage, host: batch.host };
  let told: { at: number; rest: string | undefined } = { at: 0, rest: undefined };
  return {
    deployment: input.deployment,
    key: `${runOfActivity().runId}/${batch.id}${input.segment === undefined ? '' : `#${input.segment}`}`,
    verb: input.verb,
    attempt: Context.current().info.attempt,
    signal,
    ...(batch.admission === undefined ? {} : { admission: batch.admission }),
    cancelRequested,
    emit: (event) => emit({ ...where, ...event }),
    progress: (done, of, waitingFor, doing) => {
      Object.assign(beat, { done, of });
      const now = performance.now();
      const rest = doing ?? (waitingFor === undefined ? undefined : `waiting for ${waitingFor}`);
      if (done < of && rest === told.rest && now - told.at < progressEveryMs) return;
      told = { at: now, rest };
      const text = rest === undefined ? `${done} of ${of}` : `${done} of ${of}, ${rest}`;
      emit({ type: 'progress', level: 'info', code: 'progress', text, ...where, data: { batch: batch.id, done, of } });
    },
  };
}

/** Transient failures of single items are worth another attempt of the batch: what is done already is not done again. */
function throwWhileWorthTrying(outcomes: readonly Outcome[]): void {
  if (Context.current().info.attempt >= attemptsForItems) return;
  for (const outcome of outcomes) {
    if (outcome.status === 'failed' && outcome.failure.class === 'transient') throw new Failure(withItem(outcome));
  }
}

function withItem({ id, failure }: { id: string; failure: FailureData }): FailureData {
  return { ...failure, message: `${id}: ${failure.message}` };
}
