import { CancellationScope } from '@temporalio/workflow';
import { activityName } from '../model/activity-names.ts';
import type { FailureData } from '../model/failure.ts';
import type { StageName } from '../model/kind.ts';
import type { Outline } from '../model/plan.ts';
import { walkOf } from '../planner/walk.ts';
import type { BatchInput, BatchReport } from './contract.ts';
import { failureIn } from './failure-in.ts';
import { enterLoss, enterReport, failedBefore, type Ledger, noteUntouched } from './ledger.ts';
import { batchActivities, batchOptions } from './proxies.ts';
import type { Questions } from './questions.ts';
import type { Choice } from './signals.ts';

/** More lanes gained nothing when measured; fewer leave hosts idle. */
const lanes = 50;

/** One walk: forwards to do, or backwards over what was started to undo. */
export interface PlanWalk {
  readonly verb: BatchInput['verb'];
  readonly outline: Outline;
  readonly input: Pick<BatchInput, 'deployment' | 'plan' | 'segment' | 'waitSeconds'>;
  /** Undo only: items of a batch that were never tried. */
  readonly untouched?: (index: number) => readonly string[];
  /** Called when something fails; may cancel the rest (`--on-failure undo`). */
  readonly onFailure?: () => void;
  /** Called with the stage of every batch that starts. */
  readonly onStage?: (stage: StageName) => void;
  /** Where people are asked what becomes of a failed batch (`--on-failure ask`). */
  readonly questions?: Questions;
}

/**
 * Walks the batches by their edges. A failed batch does not stop the others; what needs it is skipped inside the
 * activities, item by item. Returns when every batch has ended, or those in flight have after a cancel or a stop.
 */
export async function runPlan(walkPlan: PlanWalk, ledger: Ledger): Promise<void> {
  const { outline, questions } = walkPlan;
  const walk = walkOf(outline, lanes);
  const running = new Map<number, Promise<number>>();
  while (!walk.done()) {
    // A batch that waits for a person keeps no lane from others.
    for (const index of walk.next(questions?.open().length)) {
      ledger.started.add(index);
      walkPlan.onStage?.(outline.stages[outline.batches[index]![3]]!);
      running.set(
        index,
        runBatch(walkPlan, index, ledger).then(() => index),
      );
    }
    const index = await Promise.race([...running.values(), ...(questions ? [questions.asked()] : [])]);
    if (index !== undefined) {
      running.delete(index);
      ledger.ended += 1;
      walk.ended(index);
    }
    if (CancellationScope.current().consideredCancelled || questions?.stoppedBy() !== undefined) {
      await Promise.all(running.values());
      return;
    }
  }
}

/** What one try of a batch came to: a report, or one failure of the whole. */
type Tried = { readonly report: BatchReport } | { readonly failure: FailureData };

/** One batch, as often as a person wants it tried. */
async function runBatch(walkPlan: PlanWalk, index: number, ledger: Ledger): Promise<void> {
  const [, , , , what] = walkPlan.outline.batches[index]!;
  for (let attempt = 1; ; attempt += 1) {
    const tried = await tryBatch(walkPlan, index, ledger, attempt);
    // Whether this was a cancel is decided by the scope, never by what a lane saw; then what it saw is noise.
    if (!tried) return void (ledger.interrupted = true);
    const failure = 'report' in tried ? tried.report.failed[0]?.failure : tried.failure;
    const choice = failure && (await choiceAbout(walkPlan, index, failure));
    if (choice === 'retry') {
      noteUntouched(ledger, index, 'report' in tried ? tried.report.skipped : []);
      continue;
    }
    if ('report' in tried) enterReport(ledger, index, tried.report);
    else enterLoss(ledger, index, { item: what, failure: tried.failure });
    if (choice === 'cancelled') ledger.interrupted = true;
    if (failure) walkPlan.onFailure?.();
    return;
  }
}

/** Undefined when a cancel came in between. */
async function tryBatch(
  { verb, outline, input, untouched }: PlanWalk,
  index: number,
  ledger: Ledger,
  attempt: number,
): Promise<Tried | undefined> {
  const [id, host, transport, , summary] = outline.batches[index]!;
  const name = outline.transports[transport]!;
  const activity = batchActivities[activityName(verb, name)]!;
  const failed = failedBefore(ledger, outline, index);
  // Semantic ids: without them a replay cannot see that two batches of one kind changed places.
  const step = `${verb}:${id}${input.segment === undefined ? '' : `#${input.segment}`}`;
  const activityId = attempt === 1 ? step : `${step}, again ${attempt - 1}`;
  // What was waited for in vain is not waited for again.
  const waiting = ledger.gone.has(host) ? { waitSeconds: 0 } : {};
  try {
    const report = await activity.executeWithOptions(
      {
        activityId,
        summary: verb === 'do' ? summary : `roll back: ${summary}`,
        ...batchOptions(name, input.waitSeconds),
      },
      [{ ...input, ...waiting, batch: id, verb, failed, untouched: untouched?.(index) ?? [] }],
    );
    if (verb === 'undo' && report.failed.some((each) => each.failure.class === 'host')) ledger.gone.add(host);
    return { report };
  } catch (error) {
    if (CancellationScope.current().consideredCancelled) return undefined;
    return { failure: failureIn(error, outline.hosts[host]) };
  }
}

/** What a person wants of a failed batch, where people are asked. */
async function choiceAbout(
  { outline, questions }: PlanWalk,
  index: number,
  failure: FailureData,
): Promise<Choice | 'cancelled' | undefined> {
  if (!questions) return undefined;
  const [batch, host, , , what] = outline.batches[index]!;
  const question = { batch, what, host: outline.hosts[host]!, message: failure.message };
  return questions.ask(question, failure).catch(() => 'cancelled' as const);
}
