import { type NativeConnection, Worker, type WorkerOptions } from '@temporalio/worker';
import type { PayloadCodec } from '@temporalio/common';
import type { ActivityTable } from '../../activities/create-activities.ts';
import { type ActivityClass, activityQueue } from '../../model/activity-class.ts';

/** What every worker of a process shares. */
export interface WorkerParts {
  readonly connection: NativeConnection;
  readonly namespace: string;
  /** Of the workflows. */
  readonly taskQueue: string;
  readonly identity: string;
  readonly activities: ActivityTable;
  readonly codec: PayloadCodec;
  readonly workflowBundle: NonNullable<WorkerOptions['workflowBundle']>;
}

/** Several workers as one. */
export interface Workers {
  /** Ends when all have ended; when one fails the others are stopped and it throws. */
  run(): Promise<void>;
  shutdown(): void;
}

/** How much of a class goes on at once in one process, and how many calls wait for the next of it. */
interface Room {
  readonly slots: number;
  readonly polls: number;
}

/** Waiting costs next to nothing, so many may; a run has at most 50 batches under way. */
const rooms: Readonly<Record<ActivityClass, Room>> = {
  control: { slots: 20, polls: 2 },
  rows: { slots: 100, polls: 5 },
  files: { slots: 100, polls: 5 },
  start: { slots: 100, polls: 5 },
  wait: { slots: 1000, polls: 5 },
};

/** Every number has its reason, or was measured to be right for one machine. */
function common({ connection, namespace, identity, activities, codec }: WorkerParts): WorkerOptions {
  return {
    connection,
    namespace,
    identity,
    activities,
    taskQueue: '',
    dataConverter: { payloadCodecs: [codec] },
    // A cancel reaches an activity with its next beat.
    maxHeartbeatThrottleInterval: '500ms',
    defaultHeartbeatThrottleInterval: '500ms',
    // Work on hosts is adopted by the next worker, so there is nothing to wait for.
    shutdownGraceTime: 0,
    shutdownForceTime: '2s',
  };
}

/**
 * One worker for the workflows of runs and one for each class of activities, so that none waits behind another. The
 * first also takes what the release before left in its queue, where all activities were.
 */
export function runWorkers(parts: WorkerParts): Promise<Worker>[] {
  const { taskQueue, workflowBundle } = parts;
  const workflows = Worker.create({
    ...common(parts),
    taskQueue,
    workflowBundle,
    // How long a dead worker's cached workflow is waited for.
    stickyQueueScheduleToStartTimeout: '2s',
    maxCachedWorkflows: 200,
    maxConcurrentActivityTaskExecutions: 100,
    maxConcurrentActivityTaskPolls: 1,
  });
  const classes = Object.entries(rooms).map(([name, { slots, polls }]) =>
    Worker.create({
      ...common(parts),
      taskQueue: activityQueue(taskQueue, name as ActivityClass),
      maxConcurrentActivityTaskExecutions: slots,
      maxConcurrentActivityTaskPolls: polls,
    }),
  );
  return [workflows, ...classes];
}

/** The worker of reads: they are short and few, and never more than these at once. */
export function readWorker(parts: WorkerParts): Promise<Worker> {
  const { taskQueue, workflowBundle } = parts;
  return Worker.create({
    ...common(parts),
    taskQueue,
    workflowBundle,
    stickyQueueScheduleToStartTimeout: '2s',
    maxCachedWorkflows: 20,
    maxConcurrentWorkflowTaskPolls: 2,
    maxConcurrentActivityTaskExecutions: 20,
    maxConcurrentActivityTaskPolls: 2,
  });
}

/** They share a connection, and none is of use without the others. */
export function together(workers: readonly Worker[]): Workers {
  const shutdown = (): void => {
    for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
  };
  return {
    run: async () => {
      const ends = workers.map((worker) => worker.run());
      await Promise.all(ends).catch(async (error: unknown) => {
        shutdown();
        await Promise.allSettled(ends);
        throw error;
      });
    },
    shutdown,
  };
}
