import { type ActivityOptions, proxyActivities } from '@temporalio/workflow';
import type { RunActivities } from '../activities/create-activities.ts';
import type { BatchInput, BatchReport } from './contract.ts';

const base = {
  // A guest's setup script or a large push may take long; nothing else bounds them.
  startToCloseTimeout: '24h',
  // Beats come every 500 ms; ten seconds of silence means the worker is gone and nobody noticed.
  heartbeatTimeout: '10s',
  // The real default is TRY_CANCEL: undo would start while the work it undoes still runs.
  cancellationType: 'WAIT_CANCELLATION_COMPLETED',
  // Two minutes and a half for a host to come back. Leaves room for deaths of workers, which use up attempts too.
  retry: { initialInterval: '250ms', backoffCoefficient: 2, maximumInterval: '15s', maximumAttempts: 16 },
} as const;

/** Attempts for waiting longer than the usual ones last: one in fifteen seconds. */
export function attemptsFor(waitSeconds = 0): Pick<ActivityOptions, 'retry'> {
  const more = Math.ceil(waitSeconds / 15);
  return more <= 8 ? {} : { retry: { ...base.retry, maximumAttempts: base.retry.maximumAttempts + more } };
}

/** Activities that take one batch, by name. */
export const batchActivities = proxyActivities<Record<string, (input: BatchInput) => Promise<BatchReport>>>(base);

/** The named activities around a run. */
export const runActivities = proxyActivities<RunActivities>({ ...base, startToCloseTimeout: '10m' });
