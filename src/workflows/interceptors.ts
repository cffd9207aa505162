import type { WorkflowInterceptorsFactory } from '@temporalio/workflow';
import { cancellation } from './cancellation.ts';
import { refuseUnsigned } from './refuse-unsigned.ts';

/** Refuses unsigned input, and remembers the reason of a server-side cancel request (Temporal's UI, CLI or API), which the SDK does not pass on. */
export const interceptors: WorkflowInterceptorsFactory = () => ({
  inbound: [refuseUnsigned()],
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
