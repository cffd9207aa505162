import { describe, expect, test } from 'vitest';

import type { Resource } from '../../src/model/resources.ts';
import { compareFields, contentOf } from '../../src/resources/shared/compare.ts';
import { goals } from '../support/goals.ts';

const observed = <R extends Resource>(as: R) => ({ as, label: undefined });

describe('comparing by fields', () => {
  const port = goals['ovn.switch-port'];

  test('finds nothing between a thing and itself, whatever the order of its fields', () => {
    const turned = Object.fromEntries(Object.entries(port).reverse()) as unknown as typeof port;
    expect(compareFields(port, observed(turned))).toBeUndefined();
  });

  test('says both values where they are short', () => {
    expect(compareFields(port, observed({ ...port, addresses: ['unknown'] }))?.cause).toBe(
      'addresses ["unknown"] → ["52:54:00:aa:bb:01 10.0.0.11"]',
    );
  });

  test('says only that they differ where they are long', () => {
    const seed = { ...goals.seed, files: [{ name: 'user-data', text: 'x'.repeat(1000) }] };
    expect(compareFields(goals.seed, observed(seed))?.cause).toBe('files changed');
  });

  test('takes a thing on another host for a move', () => {
    expect(compareFields({ ...port, host: 'h2' }, observed(port))).toMatchObject({
      action: 'remake',
      cause: 'moves from main to h2',
      impact: { effect: 'move', felt: ['web'] },
    });
  });
});

test('a blob is its content, wherever the server keeps it and before its size is known', () => {
  const { image } = goals.push;
  expect(contentOf([image])).toBe(contentOf([{ ...image, source: '/elsewhere' }]));
  for (const same of [{ source: '/elsewhere' }, { size: 0 }])
    expect(compareFields(goals.push, observed({ ...goals.push, image: { ...image, ...same } }))).toBeUndefined();
  const other = { ...image, sha256: 'f'.repeat(64) };
  expect(compareFields(goals.push, observed({ ...goals.push, image: other }))?.action).toBe('update');
});
