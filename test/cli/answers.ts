import type { Answers } from '../../src/api/operations.ts';
import type { FailureData } from '../../src/model/failure.ts';
import { answerOf, endOf, garbage } from '../support/answers.ts';
import { type FakeGateway, fakeGateway } from '../support/fake-gateway.ts';
import { noChange, noSpace, outcome } from './told.ts';

/** The answer to `runs`. */
export const runs: Answers['runs'] = [
  {
    deployment: 'lab',
    run: 'run-2',
    command: 'down',
    by: 'ann@laptop',
    status: 'running',
    requestId: 'id-2',
    startedAt: '2026-11-24T09:59:30.000Z',
    asks: [],
  },
  {
    deployment: 'lab',
    run: 'run-1',
    command: 'up',
    by: 'ann@laptop',
    status: 'completed',
    startedAt: '2026-11-24T09:00:00.000Z',
    requestId: 'id-1',
    endedAt: '2026-11-24T09:02:05.000Z',
    asks: [],
  },
];

const item = { deployment: 'old', host: 'h2', kind: 'libvirt.domain', name: 'old-web' } as const;
const found = garbage({
  surplus: [{ ...item, why: 'there is no deployment old any more' }],
  missing: [{ ...item, deployment: 'lab', name: 'lab-web', why: 'it is not there' }],
  foreign: [
    { ...item, deployment: 'x', name: 'x-web', installation: 'ffff0000', why: 'it belongs to installation ffff0000' },
  ],
  counts: { surplus: 1, missing: 1, foreign: 1 },
  removals: [{ deployment: 'old', hostsFile: '/etc/hosts.yaml', count: 1 }],
});
/** The answer to `gc` where a host is silent and a hosts file gone. */
export const silent = garbage({
  hosts: [{ name: 'main', address: '192.0.2.1', answered: false, reason: 'connection refused' }],
  unread: [{ hostsFile: '/gone/hosts.yaml', reason: 'there is no file /gone/hosts.yaml' }],
});

/** Finds garbage once, removes it, and finds none. */
export function collecting(refuse?: FailureData): FakeGateway {
  let looks = 0;
  return fakeGateway((frame, peer) => {
    const { id } = frame;
    if (frame.type === 'garbage') {
      return peer.send(answerOf('garbage', looks++ === 0 || refuse ? found : garbage())(id));
    }
    if (refuse) return peer.send({ type: 'nack', id, failure: refuse });
    peer.send({ type: 'ack', id, run: 'old/run-1' });
    return peer.send(endOf(id, { ...outcome, summary: { ...noChange, delete: 1 } }));
  });
}

/** Knows deployments, and refuses every command. */
export function refusing(known: Answers['deployments'], failure: FailureData): FakeGateway {
  return fakeGateway((frame, peer) => {
    const { id } = frame;
    peer.send(frame.type === 'list' ? answerOf('deployments', known)(id) : { type: 'nack', id, failure });
  });
}

/** The answer to `runs show`. */
export const shownRun: Answers['show'] = {
  deployment: 'lab',
  run: 'run-1',
  command: 'up',
  by: 'ann@laptop',
  requestId: 'id-1',
  status: 'failed',
  startedAt: '2026-11-24T09:00:00.000Z',
  endedAt: '2026-11-24T09:02:05.000Z',
  end: {
    status: 'failed',
    outcome: {
      ...outcome,
      status: 'failed',
      skipped: 2,
      undone: 3,
      leftovers: [{ item: 'create disk:lab-db', why: 'host h2 does not answer' }],
    },
  },
  asks: [],
  failures: [noSpace],
  stages: [
    { stage: 'network', verb: 'do', milliseconds: 400 },
    { stage: 'distribute', verb: 'do', milliseconds: 61_000 },
    { stage: 'network', verb: 'undo', milliseconds: 1200 },
  ],
};
