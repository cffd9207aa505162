import { HandlerUnfinishedPolicy } from '@temporalio/common';
import { CancellationScope, CancelledFailure, proxyLocalActivities, setHandler } from '@temporalio/workflow';
import type { RunActivities } from '../activities/create-activities.ts';
import { type CancelRequest, cancelSignal } from './signals.ts';

let why: string | undefined;

/** What is known of a cancel of this run. One per workflow: every workflow has its own copy of this module. */
export const cancellation = {
  requested(reason: string): void {
    why ??= reason;
  },
  reason(): string {
    return why === undefined || why === '' ? 'cancelled' : why;
  },
};

/**
 * A run can end Canceled only if the server was asked, so the signal's handler asks it, by a local activity: an
 * ordinary one would wait for a free slot (6 s were measured when all were busy; a local one takes about 22 ms).
 */
export function handleCancelSignal(onRequest: (request: CancelRequest) => void): void {
  const local = proxyLocalActivities<Pick<RunActivities, 'request cancel'>>({
    // Tried until it succeeds: a handler that throws would end the run Failed.
    startToCloseTimeout: '5s',
  });
  const handler = async (request: CancelRequest): Promise<void> => {
    onRequest(request);
    cancellation.requested(`${request.by}: ${request.reason}`);
    await CancellationScope.nonCancellable(() => local['request cancel'](request));
  };
  // A cancel that comes too late need not hold up, or be complained about by, a run that is ending anyway.
  setHandler(cancelSignal, handler, { unfinishedPolicy: HandlerUnfinishedPolicy.ABANDON });
}

/**
 * The error a cancelled run must end with. Lanes may have seen anything (with a dead worker activities end TimedOut,
 * which is no cancellation), so it is made afresh whenever the root scope counts as cancelled.
 */
export function cancelled(): CancelledFailure {
  return new CancelledFailure(cancellation.reason());
}
