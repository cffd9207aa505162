import { Failure } from '../../src/model/failure.ts';
import { readAnswers } from './answers.ts';
import type { RunEnd, RunInfo, Runs } from '../../src/client/runs.ts';

/** Runs of a Temporal that is not there: one run, which ends when the test says so. */
export interface FakeRuns extends Runs {
  readonly cancels: { by: string; reason: string }[];
  readonly started: unknown[];
  readonly decisions: unknown[];
  /** How many wait for the end of the run, or for the answer to a question about the plan. */
  readonly waiting: number;
  end(end: RunEnd): void;
}

/** A Temporal that knows one run of `lab`; where it is told to, it never answers a question about a plan. */
export function fakeRuns(info: Partial<RunInfo> = {}, { silentPlan = false } = {}): FakeRuns {
  const run: RunInfo = {
    deployment: 'lab',
    run: 'run-1',
    command: 'up',
    by: 'ann@laptop',
    requestId: 'other',
    status: 'running',
    startedAt: '2026-11-24T10:00:00.000Z',
    asks: [],
    ...info,
  };
  let end: (value: RunEnd) => void = () => undefined;
  const ended = new Promise<RunEnd>((resolve) => (end = resolve));
  const cancels: FakeRuns['cancels'] = [];
  const started: unknown[] = [];
  const decisions: unknown[] = [];
  const find = (deployment: string, id = run.run): RunInfo => {
    if (deployment === run.deployment && id === run.run) return run;
    throw new Failure({ code: 'no-such-run', class: 'permanent', message: `there is no run ${deployment}` });
  };
  let waiting = 0;
  const waitedFor = <T>(what: Promise<T>, signal: AbortSignal | undefined): Promise<T> => {
    waiting += 1;
    const left = new Promise<never>((_, reject) => {
      signal?.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    });
    return Promise.race([what, left]).finally(() => (waiting -= 1));
  };
  return {
    get waiting() {
      return waiting;
    },
    cancels,
    started,
    decisions,
    end,
    start: async (request) => {
      started.push(request);
      if (request.deployment === 'busy') {
        throw new Failure({ code: 'busy', class: 'permanent', message: 'busy is held by up, started by ann@laptop' });
      }
      return { deployment: request.deployment, run: run.run };
    },
    read: async ({ what }, signal) =>
      what === 'plan' && silentPlan ? waitedFor(new Promise<never>(() => undefined), signal) : readAnswers[what],
    find: async (deployment, id) => find(deployment, id),
    ended: (_, signal) => waitedFor(ended, signal),
    cancel: async (id, request) => {
      find(id.deployment, id.run);
      cancels.push(request);
    },
    decide: async (_, decision) => {
      decisions.push(decision);
      return ['libvirt.main.0'];
    },
    list: async () => [run],
  };
}
