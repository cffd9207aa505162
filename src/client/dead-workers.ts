import { ApplicationFailure } from '@temporalio/common';
import type { Client } from '@temporalio/client';

/** `pid.starttime@host`: true when that process is certainly gone. Workers of other machines are never judged. */
export type IsDead = (identity: string) => boolean;

const started = 2;
const cancelRequested = 3;

/**
 * Fails the pending activities of dead workers, retryably and by id, so that nobody waits for a heartbeat time-out
 * (22 to 450 ms were measured instead of 9.4 s). Work that lives on at a host is adopted by the next attempt.
 */
export async function releaseDeadWorkers(client: Client, isDead: IsDead): Promise<number> {
  let released = 0;
  const jobs: Promise<void>[] = [];
  for await (const { workflowId, runId } of client.workflow.list({ query: 'ExecutionStatus = "Running"' })) {
    jobs.push(releaseRun(client, workflowId, runId, isDead).then((count) => void (released += count)));
  }
  await Promise.allSettled(jobs);
  return released;
}

async function releaseRun(client: Client, workflowId: string, runId: string, isDead: IsDead): Promise<number> {
  const { raw } = await client.workflow.getHandle(workflowId, runId).describe();
  const pending = (raw.pendingActivities ?? []).filter(
    ({ state, lastWorkerIdentity }) =>
      (state === started || state === cancelRequested) && lastWorkerIdentity && isDead(lastWorkerIdentity),
  );
  // The dead worker may have held the workflow itself: without this its next task waits for the sticky time-out.
  const { namespace } = client.options;
  await client.workflowService.resetStickyTaskQueue({ namespace, execution: { workflowId, runId } });
  const ended = await Promise.allSettled(
    pending.map(({ activityId, state, lastWorkerIdentity }) => {
      const id = { workflowId, runId, activityId: activityId! };
      if (state === cancelRequested) return client.activity.reportCancellation(id);
      const message = `worker ${lastWorkerIdentity} died`;
      return client.activity.fail(
        id,
        ApplicationFailure.create({ type: 'WorkerDied', message, nextRetryDelay: '1ms' }),
      );
    }),
  );
  return ended.filter(({ status }) => status === 'fulfilled').length;
}
