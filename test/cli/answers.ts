import type { FailureData } from '../../src/model/failure.ts';
import { type FakeGateway, fakeGateway } from '../support/fake-gateway.ts';
import { failedTold, noChange, outcome } from './told.ts';

/** The answer to `status`. */
export const status = {
  deployment: 'lab',
  hosts: [
    { name: 'main', answered: true },
    { name: 'h2', answered: false, reason: 'connection refused' },
  ],
  guests: [
    { name: 'web', host: 'main', domain: 'lab-web', state: 'running', addresses: ['10.50.0.11'], ready: true },
    { name: 'database', host: 'h2', domain: 'lab-database', state: 'absent', addresses: [], ready: false },
  ],
  resources: 10,
  missing: 3,
  surplus: 0,
};

/** The answer to `runs`. */
export const runs = [
  {
    deployment: 'lab',
    run: 'run-2',
    command: 'down',
    by: 'ann@laptop',
    status: 'running',
    startedAt: '2026-11-24T09:59:30.000Z',
  },
  {
    deployment: 'lab',
    run: 'run-1',
    command: 'up',
    by: 'ann@laptop',
    status: 'completed',
    startedAt: '2026-11-24T09:00:00.000Z',
    endedAt: '2026-11-24T09:02:05.000Z',
  },
];

/** The answer to `gc`: nothing, and what a test adds. */
export const garbage = (more: object): object => ({
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
});

const item = { deployment: 'old', host: 'h2', kind: 'libvirt.domain', name: 'old-web' };
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
      const data = looks++ === 0 || refuse ? found : garbage({});
      return peer.send({ type: 'result', id, status: 'completed', data });
    }
    if (refuse) return peer.send({ type: 'nack', id, failure: refuse });
    peer.send({ type: 'ack', id, run: 'old/run-1' });
    const data = { ...outcome, summary: { ...noChange, delete: 1 } };
    return peer.send({ type: 'result', id, run: 'old/run-1', status: 'completed', data });
  });
}

/** The answer to `runs show`. */
export const shownRun = {
  deployment: 'lab',
  run: 'run-1',
  command: 'up',
  by: 'ann@laptop',
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
  failures: (failedTold('')[1] as { data: { failures: unknown } }).data.failures,
  stages: [
    { stage: 'network', verb: 'do', milliseconds: 400 },
    { stage: 'distribute', verb: 'do', milliseconds: 61_000 },
    { stage: 'network', verb: 'undo', milliseconds: 1200 },
  ],
};
