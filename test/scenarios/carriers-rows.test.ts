import { expect, test } from 'vitest';

import { itemsOf } from '../support/carrier-hands.ts';
import { carrierLabel } from '../support/carrier-laboratory.ts';
import { onHost } from '../support/playground.ts';
import { standingCarriers } from './support/real-carriers.ts';

const { deployment } = carrierLabel;
const stood = ['ovn', 'links'] as const;
const carriers = standingCarriers(...stood);

test('takes a bad row out of twenty-five and writes the rest', async () => {
  const ports = Array.from(
    { length: 25 },
    (_, index) =>
      ({
        kind: 'ovn.acl',
        name: `${deployment}-acl-${index}`,
        host: 'main',
        switch: `${deployment}-lan`,
        direction: 'to-lport',
        priority: index === 17 ? 40_000 : 100 + index,
        match: 'ip4',
        action: 'allow',
      }) as const,
  );
  const outcomes = await carriers.apply('ovn', itemsOf(ports, 'make'));
  expect(outcomes.filter(({ status }) => status === 'done')).toHaveLength(24);
  expect(outcomes.filter(({ status }) => status === 'failed')).toEqual([
    expect.objectContaining({ id: `ovn.acl:${deployment}-acl-17` }),
  ]);
  expect((await onHost('main', 'ovn-nbctl', 'acl-list', `${deployment}-lan`)).trim().split('\n')).toHaveLength(24);
  await carriers.apply('ovn', itemsOf(ports, 'remove'));
  expect((await onHost('main', 'ovn-nbctl', 'acl-list', `${deployment}-lan`)).trim()).toBe('');
});

test('makes a link whole again', async () => {
  await onHost('main', 'ip', 'link', 'del', 'ka-carriers');
  expect(await carriers.wrong(...stood)).toEqual([expect.stringContaining('access.link')]);
  expect(await carriers.ends('links', 'make')).toEqual(['done']);
  expect(await carriers.wrong(...stood)).toEqual([]);
});
