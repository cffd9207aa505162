import { ServiceError, WorkflowFailedError, WorkflowNotFoundError } from '@temporalio/client';
import {
  ActivityFailure,
  ApplicationFailure,
  CancelledFailure,
  TerminatedFailure,
  TimeoutFailure,
} from '@temporalio/common';
import { describe, expect, test } from 'vitest';
import { endOf, explained, failureInRun } from '../../src/client/failures.ts';

const data = { code: 'no-space', class: 'permanent', message: 'h2 has no space left', host: 'h2' };
const inActivity = (cause: Error): ActivityFailure =>
  new ActivityFailure('Activity task failed', 'prepare', '1', 'NON_RETRYABLE_FAILURE', 'worker', cause);
const ended = (cause: Error): WorkflowFailedError =>
  new WorkflowFailedError('Workflow execution failed', cause, 'NON_RETRYABLE_FAILURE');
const application = (...details: readonly unknown[]): ApplicationFailure =>
  ApplicationFailure.create({ type: 'no-space', message: 'raw', details: [...details] });

describe('what a run ended with is told by its innermost failure', () => {
  test.each<[string, Error, object]>([
    ['ours, whole', application(data), data],
    ['ours, from an activity', inActivity(application(data)), data],
    ['one without details', application(), { code: 'no-space', message: 'raw' }],
    ['one with details of somebody else', application({ code: 7, class: 'x', message: 'y' }), { message: 'raw' }],
    ['one with null for details', application(null), { message: 'raw' }],
    [
      'a termination',
      new TerminatedFailure('x'),
      { code: 'cancelled', hint: expect.stringContaining('down') as string },
    ],
    ['a time-out', new TimeoutFailure('x', undefined, 'START_TO_CLOSE'), { code: 'internal', class: 'transient' }],
    ['something unheard of', new Error('odd'), { message: 'odd' }],
  ])('%s', (_, cause, told) => {
    expect(failureInRun(ended(cause))).toMatchObject(told);
    expect(endOf(ended(cause)).status).toBe('failed');
  });

  test('only a cancel ends a run cancelled', () => {
    expect(endOf(ended(new CancelledFailure('lunch')))).toEqual({
      status: 'cancelled',
      failure: { code: 'cancelled', class: 'permanent', message: 'lunch' },
    });
  });
});

describe('what the Temporal client throws', () => {
  const grpc = (code: number): Error => Object.assign(new Error('grpc'), { code, details: '', metadata: {} });
  const thrown = (error: Error) => explained(() => Promise.reject(error), 'lab/run-1');

  test.each<[string, Error, string]>([
    ['no such workflow', new WorkflowNotFoundError('x', 'testbed/lab', undefined), 'no-such-run'],
    ['a run id that cannot be one', new ServiceError('x', { cause: grpc(3) }), 'no-such-run'],
    ['a server that is gone', new ServiceError('x', { cause: grpc(14) }), 'no-server'],
    ['a server that is too slow', new ServiceError('x', { cause: grpc(4) }), 'no-server'],
  ])('%s', async (_, error, code) => {
    await expect(thrown(error)).rejects.toMatchObject({ data: { code } });
  });

  test('is left as it is where it says something else', async () => {
    const error = new ServiceError('x', { cause: grpc(7) });
    await expect(thrown(error)).rejects.toBe(error);
  });
});
