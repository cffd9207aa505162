import type { RunOutcome } from '../../src/api/answers/outcome.ts';
import { type Answers, type QuestionName, questions } from '../../src/api/operations.ts';
import type { ServerFrame } from '../../src/gateway/protocol/frames.ts';
import type { FailureData } from '../../src/model/failure.ts';
import type { ReadAnswers } from '../../src/workflows/contract.ts';

/** The frame that answers a question, for the request of that id. */
export function answerOf<K extends QuestionName>(name: K, data: Answers[K], run?: string): (id: string) => ServerFrame {
  const about = run === undefined ? {} : { run };
  return questions[name].told === 'ack'
    ? (id) => ({ type: 'ack', id, ...about, data })
    : (id) => ({ type: 'result', id, status: 'completed', ...about, data });
}

/** The end of a run. */
export function endOf(id: string, data: RunOutcome, failure?: FailureData): ServerFrame {
  return { type: 'result', id, run: 'lab/run-1', status: data.status, data, ...(failure ? { failure } : {}) };
}

/** The answer to `status`: one guest runs, one host is silent. */
export const status: Answers['status'] = {
  deployment: 'lab',
  hosts: [
    { name: 'main', answered: true },
    { name: 'h2', answered: false, reason: 'connection refused' },
  ],
  guests: [
    {
      name: 'web',
      host: 'main',
      domain: 'lab-web',
      state: 'running',
      wanted: 'running',
      addresses: ['10.50.0.11'],
      ready: true,
    },
    {
      name: 'database',
      host: 'h2',
      domain: 'lab-database',
      state: 'absent',
      wanted: 'running',
      addresses: [],
      ready: false,
    },
  ],
  resources: 10,
  missing: 3,
  surplus: 0,
  asked: 0,
  kept: [],
};

/** The answer to `garbage`: nothing, and what a test adds. */
export function garbage(more: Partial<Answers['garbage']> = {}): Answers['garbage'] {
  return {
    installation: '0123abcd',
    hosts: [
      { name: 'main', address: '192.0.2.1', answered: true },
      { name: 'h2', address: '192.0.2.2', answered: true },
    ],
    unread: [],
    surplus: [],
    missing: [],
    foreign: [],
    counts: { surplus: 0, missing: 0, foreign: 0 },
    removals: [],
    ...more,
  };
}

/** The answer to `plan`: one thing to make, not named. */
export function shownPlan(more: Partial<Answers['plan']> = {}): Answers['plan'] {
  return {
    plan: { deployment: 'lab', stages: [], summary: { create: 1, change: 0, delete: 0, run: 0 } },
    refused: [],
    toPull: [],
    text: 'lab: 1 to create\n',
    fingerprint: { plan: 'a'.repeat(64), desired: 'b'.repeat(64), observed: 'c'.repeat(64) },
    ...more,
  };
}

/** One answer of each kind that hosts are asked for. */
export const readAnswers: ReadAnswers = {
  plan: shownPlan(),
  status,
  garbage: garbage(),
  artefacts: { written: ['plan.txt'], unchanged: [], removed: [], kept: [], state: 'lab-state.json' },
  bundle: { path: '/var/lib/x/lab-up-1.tar.gz', files: 12, silent: [{ host: 'h2', reason: 'connection refused' }] },
};
