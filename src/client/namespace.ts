import type { Client } from '@temporalio/client';
import { namespace } from './names.ts';

/** How long ended runs stay readable; the server's own default is one day. */
const retentionDays = 30;

/** Waits until the server serves its namespace, and makes it keep ended runs. */
export async function prepareNamespace(client: Client): Promise<void> {
  await client.workflowService.updateNamespace({
    namespace,
    config: { workflowExecutionRetentionTtl: { seconds: retentionDays * 24 * 60 * 60 } as never },
  });
}
