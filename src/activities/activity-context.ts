import { ApplicationFailure, Context } from '@temporalio/activity';
import { type FailureData, failureOf } from '../model/failure.ts';
import type { EmitEvent, EventLog } from '../ports/events.ts';

/** First beat after 500 ms: one at the start costs more than half a second per 1,000 batches. */
const beatEveryMs = 500;

/** Attempts spent on what may pass but is no lost host; after them the failure counts as final. */
export const attemptsForItems = 3;

/** Workflow and run the current activity belongs to. The run id names the run's event log too. */
export function runOfActivity(): { workflowId: string; runId: string } {
  const { workflowExecution } = Context.current().info;
  return { workflowId: workflowExecution?.workflowId ?? '', runId: workflowExecution?.runId ?? '' };
}

/** Emits into the run's event log; never blocks and never fails the work. */
export function emitterFor(events: EventLog, now: () => Date): EmitEvent {
  const { activityId, attempt } = Context.current().info;
  const { runId } = runOfActivity();
  const source = { activity: activityId, attempt };
  return (event) => {
    events.append(runId, [{ at: now().toISOString(), ...event, source }]).catch(() => undefined);
  };
}

/** Counters shown as heartbeat details; never empty, an empty payload shows as noise in the UI. */
export interface Beat {
  done: number;
  of: number;
}

/**
 * Runs the body with a heartbeat by timer (work that waits prints nothing) and turns whatever it throws into what
 * Temporal must see: the cancellation itself when cancelled, else a classified ApplicationFailure.
 */
export async function withHeartbeat<T>(beat: Beat, body: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const context = Context.current();
  const timer = setInterval(() => context.heartbeat({ ...beat }), beatEveryMs);
  try {
    return await body(context.cancellationSignal);
  } catch (error) {
    // The error caused by stopping must not hide the stop: the run would end Failed, not Canceled.
    if (context.cancellationSignal.aborted) throw context.cancellationSignal.reason;
    throw toApplicationFailure(error);
  } finally {
    clearInterval(timer);
  }
}

/** True when somebody asked the run to stop, false when only this worker shuts down or lost the activity. */
export function cancelRequested(): boolean {
  return Context.current().cancellationDetails?.cancelRequested === true;
}

/** A failure as Temporal keeps it: type = code, details = the data, no retry where trying again cannot help. */
function toApplicationFailure(error: unknown): ApplicationFailure {
  const data = failureOf(error);
  return ApplicationFailure.create({
    type: data.code,
    message: data.message,
    nonRetryable: isFinal(data),
    details: [shortened(data)],
    ...(error instanceof Error ? { cause: error } : {}),
  });
}

/** An unreachable host is waited for; anything else that goes wrong again and again will not get better. */
function isFinal(data: FailureData): boolean {
  if (data.class === 'host') return false;
  return data.class !== 'transient' || Context.current().info.attempt >= attemptsForItems;
}

/** Stored failures of retrying activities are cut at 4 KB by the server. */
function shortened(data: FailureData): FailureData {
  return data.stderr === undefined ? data : { ...data, stderr: data.stderr.slice(-1500) };
}
