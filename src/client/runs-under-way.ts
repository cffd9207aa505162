import type { Client } from '@temporalio/client';
import { searchAttributeNames } from '../model/search-attributes.ts';

/** Ids of all runs of changing commands that have not ended, whatever their records say. */
export async function runsUnderWay(client: Client): Promise<ReadonlySet<string>> {
  const query = `ExecutionStatus = "Running" AND ${searchAttributeNames.command} IN ("up", "down", "gc")`;
  const runs = new Set<string>();
  for await (const { runId } of client.workflow.list({ query })) runs.add(runId);
  return runs;
}
