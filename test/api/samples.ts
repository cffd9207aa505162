import type { Answers, QuestionName, Requests } from '../../src/api/operations.ts';
import { noChange, outcome } from '../cli/told.ts';
import { runs, shownRun } from '../cli/answers.ts';
import { garbage, readAnswers } from '../support/answers.ts';

const place = {
  deployment: 'lab',
  folder: '/home/ann/lab',
  file: 'kvm-compose.yaml',
  hostsFile: '/home/ann/lab/hosts.yaml',
  variables: { SUBNET: '10.0.0.0/24' },
};
const expect = { plan: 'a'.repeat(64), desired: 'b'.repeat(64), observed: 'c'.repeat(64) };

/** One request of each operation, as full as can be: a new operation is here, too, or nothing compiles. */
export const requests: Requests = {
  up: {
    ...place,
    options: { keep: true, onFailure: 'ask', undoWaitSeconds: 5, strict: true, replace: true, expect },
    follow: true,
  },
  down: { ...place, guests: ['web'], options: { skipUnreachable: true, purge: true }, follow: false },
  forget: { ...place, options: { host: 'h2' }, follow: true },
  create: { ...place, options: { strict: true }, follow: true },
  reset: { ...place, options: {}, follow: true },
  gc: { ...place, options: {}, follow: true },
  start: { ...place, guests: ['web'], options: {}, follow: true },
  stop: { ...place, guests: ['web*'], options: { stopSeconds: 0 }, follow: true },
  restart: { ...place, guests: ['web', 'db'], options: {}, follow: true },
  pause: { ...place, guests: ['web'], options: {}, follow: true },
  resume: { ...place, guests: ['web'], options: {}, follow: false },
  rebuild: { ...place, guests: ['web'], options: { lose: true }, follow: true },
  rerun: { ...place, guests: ['web'], options: { script: 'setup.sh' }, follow: true },
  attach: { run: 'lab/run-1', since: 7 },
  plan: { ...place, options: { replace: true } },
  status: { ...place, guests: ['web'], options: {} },
  artefacts: { ...place, options: { force: true } },
  garbage: { hostsFile: '/etc/hosts.yaml' },
  bundle: { run: 'lab' },
  runs: { deployment: 'lab' },
  show: { run: 'lab' },
  events: { run: 'lab/run-1', since: 0 },
  deployments: {},
  cancel: { run: 'lab', by: 'ann@laptop', reason: 'lunch' },
  decide: { run: 'lab', choice: 'retry', batch: 'ovn.main.0', by: 'ann@laptop' },
};

/** One answer to each question. */
export const answers: { readonly [K in QuestionName]: Answers[K] } = {
  ...readAnswers,
  garbage: garbage({ counts: { surplus: 0, missing: 2, foreign: 0 } }),
  runs,
  show: { ...shownRun, end: { status: 'failed', outcome: { ...outcome, status: 'failed', summary: noChange } } },
  events: { status: 'running' },
  deployments: [
    { name: 'lab', folder: '/home/ann/lab', file: 'kvm-compose.yaml', hosts: ['main'], placement: {}, status: 'up' },
  ],
  cancel: undefined,
  decide: { decided: ['ovn.main.0'] },
};
