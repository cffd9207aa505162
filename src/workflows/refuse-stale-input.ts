import { ApplicationFailure, workflowInfo } from '@temporalio/workflow';
import type { RunInput } from './contract.ts';

/**
 * A signed input is good for one start, of the deployment it names, soon after it was made: it cannot be used again.
 * `id` is the workflow's own, or its beginning up to a slash.
 */
export function refuseStaleInput({ deployment, expires }: Pick<RunInput, 'deployment' | 'expires'>, id: string): void {
  const { startTime, workflowId } = workflowInfo();
  const isMeant = workflowId === id || (id.endsWith('/') && workflowId.startsWith(id));
  if (isMeant && startTime.getTime() <= Date.parse(expires)) return;
  const message = `the input was signed for deployment ${deployment} and expired at ${expires}`;
  throw ApplicationFailure.nonRetryable(message, 'expired-input');
}
