import { Worker } from '@temporalio/worker';
import { type ActivityClass, activityQueue } from '../../model/activity-class.ts';
import { commonOptions, type WorkerParts } from './worker-parts.ts';

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

/**
 * One worker for the workflows of runs and one for each class of activities, so that none waits behind another. The
 * first also takes what the release before left in its queue, where all activities were.
 */
export function runWorkers(parts: WorkerParts): Promise<Worker>[] {
  const { taskQueue, workflowBundle } = parts;
  const workflows = Worker.create({
    ...commonOptions(parts),
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
      ...commonOptions(parts),
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
    ...commonOptions(parts),
    taskQueue,
    workflowBundle,
    stickyQueueScheduleToStartTimeout: '2s',
    maxCachedWorkflows: 20,
    maxConcurrentWorkflowTaskPolls: 2,
    maxConcurrentActivityTaskExecutions: 20,
    maxConcurrentActivityTaskPolls: 2,
  });
}
