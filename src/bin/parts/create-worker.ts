import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import type { PayloadCodec } from '@temporalio/common';
import type { ActivityPorts } from '../../activities/activity-ports.ts';
import { createActivities } from '../../activities/create-activities.ts';
import { namespace, taskQueue } from '../../client/names.ts';
import { requestCancel } from '../../client/request-cancel.ts';
import { connectPatiently } from './connect-patiently.ts';
import { checkout } from './paths.ts';

/** What a worker is made of. */
interface WorkerOptions {
  readonly address: string;
  readonly codec: PayloadCodec;
  readonly identity: string;
  readonly client: Client;
  readonly ports: Omit<ActivityPorts, 'requestCancel' | 'now'>;
}

/** A worker with the settings that were measured to be right for one machine; every number has its reason there. */
export async function createWorker({ address, codec, identity, client, ports }: WorkerOptions): Promise<Worker> {
  Runtime.install({ logger: new DefaultLogger('WARN'), shutdownSignals: [] });
  const activities = createActivities({
    ...ports,
    requestCancel: (workflowId, runId, request) => requestCancel(client, workflowId, runId, request),
    now: () => new Date(),
  });
  return Worker.create({
    connection: await connectPatiently(address),
    namespace,
    taskQueue,
    identity,
    activities,
    workflowBundle: { codePath: join(checkout, 'dist/workflow-bundle.js') },
    dataConverter: { payloadCodecs: [codec] },
    // How long a dead worker's cached workflow is waited for.
    stickyQueueScheduleToStartTimeout: '2s',
    // A cancel reaches an activity with its next beat.
    maxHeartbeatThrottleInterval: '500ms',
    defaultHeartbeatThrottleInterval: '500ms',
    maxConcurrentActivityTaskExecutions: 100,
    maxCachedWorkflows: 200,
    // Work on hosts is adopted by the next worker, so there is nothing to wait for.
    shutdownGraceTime: 0,
    shutdownForceTime: '2s',
  });
}
