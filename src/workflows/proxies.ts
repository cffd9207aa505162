import { type ActivityOptions, proxyActivities, workflowInfo } from '@temporalio/workflow';
import type { RunActivities } from '../activities/create-activities.ts';
import { type ActivityClass, activityQueue } from '../model/activity-class.ts';
import type { TransportName } from '../model/kind.ts';
import { transports } from '../model/transport/table.ts';
import type { BatchInput, BatchReport } from './contract.ts';

const base = {
  startToCloseTimeout: '30d',
  // Beats come every 500 ms; ten seconds of silence means the worker is gone and nobody noticed.
  heartbeatTimeout: '10s',
  // The real default is TRY_CANCEL: undo would start while the work it undoes still runs.
  cancellationType: 'WAIT_CANCELLATION_COMPLETED',
  // Two minutes and a half for a host to come back. Leaves room for deaths of workers, which use up attempts too.
  retry: { initialInterval: '250ms', backoffCoefficient: 2, maximumInterval: '15s', maximumAttempts: 16 },
} as const;

/**
 * The longest one attempt may take. What hangs is noticed much earlier, by the limit of each command on a host; these
 * are for what is not a command. Files and guests take as long as something moves.
 */
const longest: Readonly<Partial<Record<ActivityClass, string>>> = { control: '10m', rows: '10m', start: '1h' };

/**
 * The queue and the time-outs of a class. They are no part of what a replay compares, so a run that the release before
 * began goes on with them.
 */
function optionsOf(activityClass: ActivityClass): ActivityOptions {
  const { [activityClass]: startToCloseTimeout = base.startToCloseTimeout } = longest;
  const taskQueue = activityQueue(workflowInfo().taskQueue, activityClass);
  return { taskQueue, startToCloseTimeout: startToCloseTimeout as '1h' };
}

/** Options of a batch: its class, and attempts for waiting longer than the usual ones last: one in fifteen seconds. */
export function batchOptions(transport: TransportName, waitSeconds = 0): ActivityOptions {
  const options = optionsOf(transports[transport].class);
  const more = Math.ceil(waitSeconds / 15);
  if (more <= 8) return options;
  return { ...options, retry: { ...base.retry, maximumAttempts: base.retry.maximumAttempts + more } };
}

/** Activities that take one batch, by name. */
export const batchActivities = proxyActivities<Record<string, (input: BatchInput) => Promise<BatchReport>>>(base);

const control = (): Pick<RunActivities, 'prepare' | 'record'> =>
  proxyActivities<RunActivities>({ ...base, ...optionsOf('control') });

/** The named activities around a run. */
export const runActivities: Pick<RunActivities, 'prepare' | 'record'> = {
  prepare: (input) => control().prepare(input),
  record: (input) => control().record(input),
};

/** Reads have a namespace and a worker of their own, which needs no classes. */
export const readActivities = proxyActivities<Pick<RunActivities, 'read'>>({ ...base, startToCloseTimeout: '10m' });
