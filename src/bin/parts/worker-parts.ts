import type { NativeConnection, WorkerOptions } from '@temporalio/worker';
import type { PayloadCodec } from '@temporalio/common';
import type { ActivityTable } from '../../activities/create-activities.ts';

/** What every worker of a process shares. */
export interface WorkerParts {
  readonly connection: NativeConnection;
  readonly namespace: string;
  /** Of the workflows. */
  readonly taskQueue: string;
  readonly identity: string;
  readonly activities: ActivityTable;
  readonly codec: PayloadCodec;
  readonly workflowBundle: NonNullable<WorkerOptions['workflowBundle']>;
}

/** What all workers have alike. Every number has its reason, or was measured to be right for one machine. */
export function commonOptions({ connection, namespace, identity, activities, codec }: WorkerParts): WorkerOptions {
  return {
    connection,
    namespace,
    identity,
    activities,
    taskQueue: '',
    dataConverter: { payloadCodecs: [codec] },
    // A cancel reaches an activity with its next beat.
    maxHeartbeatThrottleInterval: '500ms',
    defaultHeartbeatThrottleInterval: '500ms',
    // Work on hosts is adopted by the next worker, so there is nothing to wait for.
    shutdownGraceTime: 0,
    shutdownForceTime: '2s',
  };
}
