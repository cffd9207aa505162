import { ApplicationFailure, log, type WorkflowInboundCallsInterceptor } from '@temporalio/workflow';
import { isUnsigned } from '../model/unsigned.ts';

/** Ends a run, update or query that was not asked for by us; an unsigned signal counts as not sent. */
export function refuseUnsigned(): WorkflowInboundCallsInterceptor {
  return {
    execute: async (input, next) => {
      refuse(input.args, 'start');
      return next(input);
    },
    handleSignal: async (input, next) => {
      if (input.args.some(isUnsigned)) log.warn('an unsigned signal was dropped', { signal: input.signalName });
      else await next(input);
    },
    validateUpdate: (input, next) => {
      refuse(input.args, 'update');
      next(input);
    },
    handleUpdate: async (input, next) => {
      refuse(input.args, 'update');
      return next(input);
    },
    handleQuery: async (input, next) => {
      refuse(input.args, 'query');
      return next(input);
    },
  };
}

function refuse(args: readonly unknown[], what: string): void {
  if (!args.some(isUnsigned)) return;
  const message = `the ${what} carries a payload without a valid signature: use kvm-compose, not Temporal's own tools`;
  throw ApplicationFailure.nonRetryable(message, 'unsigned-input');
}
