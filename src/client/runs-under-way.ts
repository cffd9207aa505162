import type { Client } from '@temporalio/client';
import { deploymentOf } from './names.ts';

/** Ids of all runs that change something and have not ended, whatever their records say. */
export async function runsUnderWay(client: Client): Promise<ReadonlySet<string>> {
  const runs = new Set<string>();
  for await (const { workflowId, runId } of client.workflow.list({ query: 'ExecutionStatus = "Running"' })) {
    if (deploymentOf(workflowId) !== undefined) runs.add(runId);
  }
  return runs;
}
