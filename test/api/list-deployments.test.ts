import { expect, test } from 'vitest';
import { listDeployments } from '../../src/api/list-deployments.ts';
import type { DeploymentRecord } from '../../src/ports/store.ts';
import { fakeRuns } from '../support/fake-runs.ts';

const record = { folder: '/lab', file: 'kvm-compose.yaml', hosts: [], placement: {}, wants: {} };
const records: readonly DeploymentRecord[] = [
  { ...record, name: 'lab', status: 'up running', before: { run: 'run-1' } },
  { ...record, name: 'lost', status: 'down running', before: { run: 'run-0' } },
  { ...record, name: 'done', status: 'down partial' },
];
const parts = { runs: fakeRuns({ status: 'cancelled' }), store: { deployments: async () => records } };

test('a deployment stands as Temporal tells its run, where its record has no end of that', async () => {
  const told = await listDeployments(parts);
  expect(told.map(({ name, status }) => `${name}: ${status}`)).toEqual([
    'lab: up cancelled',
    'lost: down failed',
    'done: down partial',
  ]);
});

test('what is for gc alone is not told', async () => {
  const { wants: _wants, before: _before, ...shown } = records[0]!;
  expect(await listDeployments(parts, 'lab')).toEqual([{ ...shown, status: 'up cancelled' }]);
});
