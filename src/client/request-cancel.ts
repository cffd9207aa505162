import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import type { CancelRequest } from '../workflows/signals.ts';
import { namespace } from './names.ts';

/** Asks the server to cancel a run. The raw request, because the SDK's own has no place for who and why. */
export async function requestCancel(
  client: Client,
  workflowId: string,
  runId: string,
  request: CancelRequest,
): Promise<void> {
  await client.workflowService.requestCancelWorkflowExecution({
    namespace,
    workflowExecution: { workflowId, runId },
    identity: request.by,
    requestId: randomUUID(),
    reason: `${request.by}: ${request.reason}`,
  });
}
