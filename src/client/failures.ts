import {
  isGrpcServiceError,
  WorkflowFailedError,
  WorkflowNotFoundError,
  type WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import {
  ActivityFailure,
  ApplicationFailure,
  CancelledFailure,
  TerminatedFailure,
  TimeoutFailure,
} from '@temporalio/common';
import { Failure, type FailureData, failureOf } from '../model/failure.ts';
import type { RunEnd, RunInfo } from './runs.ts';

/** The failure in whatever a workflow ended with. */
export function failureInRun(error: unknown): FailureData {
  const cause = error instanceof WorkflowFailedError || error instanceof ActivityFailure ? error.cause : error;
  if (cause instanceof ActivityFailure) return failureInRun(cause);
  if (cause instanceof ApplicationFailure) return failureInApplication(cause);
  if (cause instanceof CancelledFailure) return { code: 'cancelled', class: 'permanent', message: cause.message };
  if (cause instanceof TerminatedFailure) {
    const hint = 'nothing was rolled back; run the command again, or down';
    return { code: 'cancelled', class: 'permanent', message: 'the run was terminated in Temporal', hint };
  }
  if (cause instanceof TimeoutFailure) {
    return {
      code: 'internal',
      class: 'transient',
      message: `timed out: ${cause.message}`,
      hint: 'kvm-compose server logs',
    };
  }
  return failureOf(cause);
}

function failureInApplication(cause: ApplicationFailure): FailureData {
  const [data] = cause.details ?? [];
  if (isFailureData(data)) return data;
  return { code: cause.type ?? 'internal', class: 'transient', message: cause.message };
}

function isFailureData(value: unknown): value is FailureData {
  if (typeof value !== 'object' || value === null) return false;
  const { code, class: kind, message } = { code: undefined, class: undefined, message: undefined, ...value };
  return [code, kind, message].every((each) => typeof each === 'string');
}

/** How a run ended, from the error its result gave. */
export function endOf(error: WorkflowFailedError): RunEnd {
  const status = error.cause instanceof CancelledFailure ? 'cancelled' : 'failed';
  return { status, failure: failureInRun(error) };
}

/** The loser is told who holds the deployment, since when, and how to attach. */
export function busy(holder: RunInfo): Failure {
  const { deployment, command, by, startedAt, run } = holder;
  return new Failure({
    code: 'busy',
    class: 'permanent',
    message: `${deployment} is held by ${command}, started by ${by} at ${startedAt}`,
    object: `${deployment}/${run}`,
    hint: `watch it: kvm-compose attach ${deployment}; stop it: kvm-compose cancel ${deployment}`,
  });
}

/** Why a run did not take an answer. */
export function rejected(error: WorkflowUpdateFailedError): Failure {
  const message = error.cause?.message ?? error.message;
  const code =
    error.cause instanceof ApplicationFailure && error.cause.type === 'bad-choice' ? 'bad-choice' : 'not-asked';
  return new Failure({ code, class: 'permanent', message }, { cause: error });
}

/** Turns what the Temporal client throws into failures people can act on. */
export async function explained<T>(work: () => Promise<T>, object: string): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof WorkflowNotFoundError || grpcCode(error) === invalidArgument) {
      const hint = 'kvm-compose runs lists what there is';
      throw new Failure({
        code: 'no-such-run',
        class: 'permanent',
        message: `there is no run ${object}`,
        object,
        hint,
      });
    }
    if (isServerSilent(error)) {
      const hint = 'see kvm-compose server status and kvm-compose server logs';
      const data = {
        code: 'no-server',
        class: 'transient',
        message: 'the Temporal server does not answer',
        hint,
      } as const;
      throw new Failure(data, { cause: error });
    }
    throw error;
  }
}

/** What the server answers to a run id that cannot be one. */
const invalidArgument = 3;
const unavailable = 14;
const deadlineExceeded = 4;

/** True when the server could not be asked, so nothing is known. */
export function isServerSilent(error: unknown): boolean {
  if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) return true;
  const code = grpcCode(error);
  return code === unavailable || code === deadlineExceeded;
}

function grpcCode(error: unknown): number | undefined {
  for (let each = error; each instanceof Error; each = each.cause) if (isGrpcServiceError(each)) return each.code;
  return undefined;
}
