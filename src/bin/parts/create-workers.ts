import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import { DefaultLogger, type LogEntry, Runtime } from '@temporalio/worker';
import type { PayloadCodec } from '@temporalio/common';
import type { ActivityPorts } from '../../activities/activity-ports.ts';
import { createActivities } from '../../activities/create-activities.ts';
import { namespace, readNamespace, taskQueue } from '../../client/names.ts';
import { requestCancel } from '../../client/request-cancel.ts';
import { connectPatiently } from './connect-patiently.ts';
import { checkout } from './paths.ts';
import { together, type Workers } from './together.ts';
import { readWorker, runWorkers } from './workers.ts';

/** What the workers of a server are made of. */
interface WorkersOptions {
  readonly address: string;
  readonly codec: PayloadCodec;
  readonly identity: string;
  readonly client: Client;
  readonly ports: Omit<ActivityPorts, 'requestCancel' | 'now'>;
}

/** All workers of this process, over one connection. */
export async function createWorkers({ address, codec, identity, client, ports }: WorkersOptions): Promise<Workers> {
  Runtime.install({ logger: new DefaultLogger('WARN', writeEntry), shutdownSignals: [] });
  const activities = createActivities({
    ...ports,
    requestCancel: (workflowId, runId, request) => requestCancel(client, workflowId, runId, request),
    now: () => new Date(),
  });
  const common = {
    connection: await connectPatiently(address),
    taskQueue,
    identity,
    activities,
    codec,
    workflowBundle: { codePath: join(checkout, 'dist/workflow-bundle.js') },
  };
  const made = await Promise.all([
    ...runWorkers({ ...common, namespace }),
    readWorker({ ...common, namespace: readNamespace }),
  ]);
  return together(made);
}

const toStderr = new DefaultLogger('WARN');

/** That most of our workers have no workflows is meant. */
function writeEntry({ level, message, meta }: LogEntry): void {
  if (!message.startsWith('No workflows registered')) toStderr.log(level, message, meta);
}
