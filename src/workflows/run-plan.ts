import { CancellationScope } from '@temporalio/workflow';
import { activityName } from '../messages/activity-names.ts';
import type { StageName } from '../model/kind.ts';
import type { Outline } from '../model/plan.ts';
import { walkOf } from '../planner/walk.ts';
import type { BatchInput } from './contract.ts';
import { failureIn } from './failure-in.ts';
import { enterReport, failedBefore, type Ledger } from './ledger.ts';
import { batchActivities } from './proxies.ts';

/** More lanes gained nothing when measured; fewer leave hosts idle. */
const lanes = 50;

/** One walk: forwards to do, or backwards over what was started to undo. */
export interface PlanWalk {
  readonly verb: BatchInput['verb'];
  readonly outline: Outline;
  readonly input: Pick<BatchInput, 'deployment' | 'plan'>;
  /** Undo only: items of a batch that were never tried. */
  readonly untouched?: (index: number) => readonly string[];
  /** Called when something fails; may cancel the rest (`--on-failure undo`). */
  readonly onFailure?: () => void;
  /** Called with the stage of every batch that starts. */
  readonly onStage?: (stage: StageName) => void;
}

/**
 * Walks the batches by their edges. A failed batch does not stop the others; what needs it is skipped inside the
 * activities, item by item. Returns when every batch has ended, or those in flight have after a cancel.
 */
export async function runPlan(walkPlan: PlanWalk, ledger: Ledger): Promise<void> {
  const { outline } = walkPlan;
  const walk = walkOf(outline, lanes);
  const running = new Map<number, Promise<number>>();
  while (!walk.done()) {
    for (const index of walk.next()) {
      ledger.started.add(index);
      walkPlan.onStage?.(outline.stages[outline.batches[index]![3]]!);
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
      await Promise.all(running.values());
      return;
    }
  }
}

async function runBatch(walkPlan: PlanWalk, index: number, ledger: Ledger): Promise<void> {
  const { verb, outline, input, untouched } = walkPlan;
  const [id, host, transport, , summary] = outline.batches[index]!;
  const activity = batchActivities[activityName(verb, outline.transports[transport]!)]!;
  const failed = failedBefore(ledger, outline, index);
  try {
    const report = await activity.executeWithOptions(
      // Semantic ids: without them a replay cannot see that two batches of one kind changed places.
      { activityId: `${verb}:${id}`, summary: verb === 'do' ? summary : `take back: ${summary}` },
      [{ ...input, batch: id, verb, failed, untouched: untouched?.(index) ?? [] }],
    );
    enterReport(ledger, index, report);
    if (report.failed.length > 0) walkPlan.onFailure?.();
  } catch (error) {
    ledger.shortfalls.set(index, { whole: true, items: [] });
    // Whether this was a cancel is decided by the scope, never by what a lane saw; then what it saw is noise.
    if (CancellationScope.current().consideredCancelled) {
      ledger.interrupted = true;
      return;
    }
    ledger.failures.push({ item: summary, failure: failureIn(error, outline.hosts[host]) });
    walkPlan.onFailure?.();
  }
}
