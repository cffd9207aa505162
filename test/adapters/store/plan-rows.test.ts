import { expect, test } from 'vitest';

import { batchOf, planOf, rowsOf } from '../../../src/adapters/store/plan-rows.ts';
import { goals, laboratory } from '../../support/goals.ts';
import { createLab } from '../../support/lab.ts';

const { plan } = await createLab().plan(laboratory);

test('a plan comes back from its rows as it was', () => {
  const { reference, body, batches } = rowsOf(plan);
  expect(planOf(reference, body, batches)).toEqual(plan);
});

test('what an operation and its record both hold is written once', () => {
  const text = rowsOf(plan)
    .batches.map(({ body }) => body)
    .join('\n');
  expect(text.match(/instance-id: web-1/g)).toHaveLength(1);
  expect(text.match(/"file":"setup.sh"/g)).toHaveLength(1);
});

test('what they hold differently is written twice', () => {
  const batches = plan.batches.map((batch) => ({
    ...batch,
    items: batch.items.map((item) => {
      const { op } = item;
      if (op.transport !== 'files' || op.do !== 'ensure' || op.make.type !== 'seed') return item;
      return { ...item, op: { ...op, make: { ...op.make, files: [{ name: 'meta-data', text: 'another' }] } } };
    }),
  }));
  const rows = rowsOf({ ...plan, batches });
  expect(planOf(rows.reference, rows.body, rows.batches)).toEqual({ ...plan, batches });
  expect(rows.batches.some(({ body }) => body.includes('instance-id: web-1') && body.includes('another'))).toBe(true);
});

test('a row as earlier releases stored it is read', () => {
  const { seed: goal } = goals;
  const mark = { installation: '0123abcd', deployment: 'lab', generation: 1, hash: 'h' };
  const op = {
    transport: 'files',
    do: 'ensure',
    make: { type: 'seed', path: goal.path },
    record: { ref: 'seed:lab-web', mark, goal },
  };
  const row = JSON.stringify({ id: 'files.h2.0', items: [{ id: 'create seed:lab-web', op }] });
  const [item] = batchOf('plan', 'files.h2.0', row).items;
  expect(item!.op).toEqual({ ...op, make: { ...op.make, files: goal.files } });
});
