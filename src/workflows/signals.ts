import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';

/** Who asks a run to stop, and why. */
export interface CancelRequest {
  readonly by: string;
  readonly reason: string;
}

/** Our clients' way to cancel: carries who and why, which Temporal's own cancel from TypeScript cannot. */
export const cancelSignal = defineSignal<[CancelRequest]>('cancel');

/** What a person may say about work that failed: do it again, go on without it, or end the run. */
export type Choice = 'retry' | 'skip' | 'stop';

/** A batch that failed after its retries, in a run with `--on-failure ask`. It and what needs it wait for an answer. */
export interface Question {
  readonly batch: string;
  readonly host: string;
  /** The batch for people. */
  readonly what: string;
  readonly message: string;
  /** ISO time. */
  readonly since: string;
}

/** The answer to one question, or to all of them. */
export interface Decision {
  readonly choice: Choice;
  /** All open questions without it. */
  readonly batch?: string;
  readonly by: string;
}

/** Answers questions; the result names the batches that were decided. A wrong answer is rejected and leaves no trace. */
export const decideUpdate = defineUpdate<readonly string[], [Decision]>('decide');

/** How far a run is, for those who attach. */
export interface RunProgress {
  readonly phase: 'preparing' | 'running' | 'undoing' | 'recording';
  readonly batches: number;
  readonly ended: number;
  readonly cancel?: CancelRequest;
  /** What waits for a person. */
  readonly asks: readonly Question[];
}

/** Answers without waiting for any host. */
export const progressQuery = defineQuery<RunProgress>('progress');
