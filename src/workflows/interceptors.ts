import type { WorkflowInterceptorsFactory } from '@temporalio/workflow';
import { cancellation } from './cancellation.ts';

/** Remembers the reason of a server-side cancel request (Temporal's UI, CLI or API), which the SDK does not pass on. */
export const interceptors: WorkflowInterceptorsFactory = () => ({
  internals: [
    {
      activate: (input, next) => {
        for (const job of input.activation.jobs ?? []) {
          if (job.cancelWorkflow) cancellation.requested(job.cancelWorkflow.reason ?? '');
        }
        return next(input);
      },
    },
  ],
});
