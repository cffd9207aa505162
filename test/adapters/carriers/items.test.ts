import { expect, test } from 'vitest';

import { parseItemLine } from '../../../src/adapters/carriers/items.ts';
import { Outcomes } from '../../../src/adapters/carriers/outcomes.ts';
import type { LinksOp } from '../../../src/model/transport/links.ts';
import type { RunContext } from '../../../src/ports/carrier.ts';

test.each([
  ['3 done', { index: 3, status: 'done', code: 0, text: '' }],
  ['0 already', { index: 0, status: 'already', code: 0, text: '' }],
  ['12 failed 1 qemu-img: no such file ', { index: 12, status: 'failed', code: 1, text: 'qemu-img: no such file' }],
  ['1 failed 11 4096', { index: 1, status: 'failed', code: 11, text: '4096' }],
  ['something else', undefined],
])('a line says what became of an item: %s', (line, said) => {
  expect(parseItemLine(line)).toEqual(said);
});

test('what needs a failed item is skipped, through any number of others', () => {
  const op: LinksOp = {
    transport: 'links',
    do: 'remove',
    ref: 'access.link:x',
    namespace: 'n',
    outer: 'o',
    inner: 'i',
  };
  const items = [
    { id: 'a', op, needs: [] },
    { id: 'b', op, needs: ['a'] },
    { id: 'c', op, needs: ['b'] },
    { id: 'd', op, needs: [] },
  ];
  const reports: number[] = [];
  const context = { progress: (done: number) => void reports.push(done) } as unknown as RunContext;
  const outcomes = new Outcomes(items, context);
  outcomes.fail('a', { code: 'link-failed', class: 'permanent', message: 'no' });
  expect(outcomes.open().map(({ id }) => id)).toEqual(['d']);
  outcomes.succeed('d', 'done');
  expect(outcomes.list().map(({ id, status }) => `${id} ${status}`)).toEqual([
    'a failed',
    'b skipped',
    'c skipped',
    'd done',
  ]);
  expect(reports).toEqual([1, 2, 3, 4]);
});
