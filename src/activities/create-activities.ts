import type { CancelRequest } from '../workflows/signals.ts';
import { batchActivityNames } from '../model/activity-names.ts';
import type {
  BatchInput,
  BatchReport,
  Prepared,
  ReadAnswer,
  ReadInput,
  RecordInput,
  RunInput,
  RunEvent,
} from '../workflows/contract.ts';
import { runOfActivity } from './activity-context.ts';
import { applyBatch } from './apply-batch.ts';
import type { ActivityPorts } from './activity-ports.ts';
import { prepare } from './prepare.ts';
import { read } from './read.ts';
import { record } from './record.ts';
import { tell } from './tell.ts';

/** The named activities around a run, as workflows see them. */
export interface RunActivities {
  prepare(input: RunInput): Promise<Prepared>;
  record(input: RecordInput): Promise<void>;
  read(input: ReadInput): Promise<ReadAnswer>;
  'request cancel'(request: CancelRequest): Promise<void>;
  tell(event: RunEvent): Promise<void>;
}

/** All activities by name, for the worker. */
export type ActivityTable = RunActivities & Readonly<Record<string, (input: never) => Promise<unknown>>>;

/** Builds all activities over the given ports. */
export function createActivities(ports: ActivityPorts): ActivityTable {
  const batch = (input: BatchInput): Promise<BatchReport> => applyBatch(ports, input);
  return {
    ...Object.fromEntries(batchActivityNames.map((name) => [name, batch])),
    prepare: (input) => prepare(ports, input),
    record: (input) => record(ports, input),
    read: (input) => read(ports, input),
    'request cancel': (request) => requestCancelHere(ports, request),
    tell: (event) => tell(ports, event),
  };
}

async function requestCancelHere(ports: ActivityPorts, request: CancelRequest): Promise<void> {
  const { workflowId, runId } = runOfActivity();
  await ports.requestCancel(workflowId, runId, request);
}
