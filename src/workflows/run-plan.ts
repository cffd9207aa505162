import { ActivityFailure, ApplicationFailure, CancellationScope } from '@temporalio/workflow';
import type { FailureData } from '../model/failure.ts';
import type { Outline } from '../model/plan.ts';
import { walkOf } from '../planner/walk.ts';
import type { BatchInput, BatchReport } from './contract.ts';
import { activityName } from '../messages/activity-names.ts';
import { batchActivities } from './proxies.ts';

/** More lanes gained nothing when measured; fewer leave hosts idle. */
const lanes = 50;

/** What a walk of the plan left behind: enough to take back exactly what may have happened. */
export interface Ledger {
  /** Batches (indices) that were started, registered before they ran. */
  readonly started: Set<number>;
  readonly failedBatches: string[];
  readonly failures: { readonly item: string; readonly failure: FailureData }[];
  readonly skipped: string[];
  readonly never: { readonly item: string; readonly why: string }[];
  done: number;
  ended: number;
  /** True when a batch was stopped in the middle by a cancel. */
  interrupted: boolean;
}

/** An empty ledger. */
export function newLedger(): Ledger {
  return {
    started: new Set(),
    failedBatches: [],
    failures: [],
    skipped: [],
    never: [],
    done: 0,
    ended: 0,
    interrupted: false,
  };
}

/** One walk: forwards to do, or backwards over what was started to undo. */
export interface PlanWalk {
  readonly verb: BatchInput['verb'];
  readonly outline: Outline;
  readonly input: Pick<BatchInput, 'deployment' | 'plan'>;
  /** Called when the first batch fails; may cancel the rest (`--on-failure undo`). */
  readonly onFailure?: () => void;
}

/**
 * Walks the batches by their edges. A failed batch does not stop the others; what needs it is skipped inside the
 * activities, item by item. Returns when every batch has ended; throws only when the scope was cancelled.
 */
export async function runPlan(walkPlan: PlanWalk, ledger: Ledger): Promise<void> {
  const walk = walkOf(walkPlan.outline, lanes);
  const running = new Map<number, Promise<number>>();
  while (!walk.done()) {
    for (const index of walk.next()) {
      ledger.started.add(index);
      running.set(
        index,
        runBatch(walkPlan, index, ledger).then(() => index),
      );
    }
    const index = await Promise.race(running.values());
    running.delete(index);
    ledger.ended += 1;
    walk.ended(index);
    if (CancellationScope.current().consideredCancelled) {
      await Promise.allSettled(running.values());
      return;
    }
  }
}

async function runBatch(walkPlan: PlanWalk, index: number, ledger: Ledger): Promise<void> {
  const { verb, outline, input } = walkPlan;
  const [id, host, transport, , summary] = outline.batches[index]!;
  const failed = { batches: [...ledger.failedBatches], items: ledger.failures.map((each) => each.item) };
  const activity = batchActivities[activityName(verb, outline.transports[transport]!)]!;
  try {
    const report: BatchReport = await activity.executeWithOptions(
      // Semantic ids: without them a replay cannot see that two batches of one kind changed places.
      { activityId: `${verb}:${id}`, summary: verb === 'do' ? summary : `take back: ${summary}` },
      [{ ...input, batch: id, verb, failed }],
    );
    ledger.done += report.done;
    ledger.failures.push(...report.failed);
    ledger.skipped.push(...report.skipped);
    ledger.never.push(...report.never);
    if (report.failed.length > 0) walkPlan.onFailure?.();
  } catch (error) {
    // Whether this was a cancel is decided by the scope, never by what a lane saw.
    if (CancellationScope.current().consideredCancelled) ledger.interrupted = true;
    ledger.failedBatches.push(id);
    ledger.failures.push({ item: id, failure: failureIn(error, outline.hosts[host]!) });
    walkPlan.onFailure?.();
  }
}

/** The failure an activity ended with, as data. */
export function failureIn(error: unknown, host?: string): FailureData {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  if (cause instanceof ApplicationFailure) {
    const data = cause.details?.[0] as FailureData | undefined;
    if (data?.code) return data;
    return { code: cause.type ?? 'internal', class: 'transient', message: cause.message };
  }
  const message = cause instanceof Error ? cause.message : String(cause);
  return { code: 'internal', class: 'transient', message, ...(host === undefined ? {} : { host }) };
}
