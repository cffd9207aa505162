import { defineQuery, defineSignal } from '@temporalio/workflow';

/** Who asks a run to stop, and why. */
export interface CancelRequest {
  readonly by: string;
  readonly reason: string;
}

/** Our clients' way to cancel: carries who and why, which Temporal's own cancel from TypeScript cannot. */
export const cancelSignal = defineSignal<[CancelRequest]>('cancel');

/** How far a run is, for those who attach. */
export interface RunProgress {
  readonly phase: 'preparing' | 'running' | 'undoing' | 'recording';
  readonly batches: number;
  readonly ended: number;
  readonly cancel?: CancelRequest;
}

/** Answers without waiting for any host. */
export const progressQuery = defineQuery<RunProgress>('progress');
