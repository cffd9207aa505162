import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { type Placeable, place, type Room } from '../../src/compiler/placement.ts';
import type { HostFacts } from '../../src/model/host.ts';

const machine = (name: string, more: Partial<Placeable> = {}): Placeable => ({
  name,
  aliases: [name],
  memoryMiB: 1024,
  cpus: 1,
  avoid: [],
  together: [],
  apart: [],
  ...more,
});
const room = (name: string, memoryMiB?: number): Room =>
  memoryMiB === undefined ? { name } : { name, facts: { memoryMiB, cores: 8 } as HostFacts };

function hostsOf(
  items: readonly Placeable[],
  rooms: readonly Room[],
  policy: Parameters<typeof place>[2],
  kept: Record<string, string> = {},
): string[] {
  const { hosts } = place(items, rooms, policy, 'main', kept);
  return items.map(({ name }) => hosts.get(name)!);
}

const six = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => machine(name));
const three = [room('main'), room('h2'), room('h3')];

describe('NaiveRoundRobin', () => {
  test('goes around the hosts in the order of the file', () => {
    expect(hostsOf(six, three, 'NaiveRoundRobin')).toEqual(['main', 'h2', 'h3', 'main', 'h2', 'h3']);
  });

  test('puts a new machine where there is least', () => {
    const kept = { a: 'main', b: 'main', c: 'h2', d: 'h3', e: 'h2' };
    expect(hostsOf(six, three, 'NaiveRoundRobin', kept)).toEqual(['main', 'main', 'h2', 'h3', 'h2', 'h3']);
  });
});

test('Balanced fills hosts by what they have', () => {
  const rooms = [room('main', 4096), room('h2', 16_384)];
  expect(hostsOf(six, rooms, 'Balanced').filter((host) => host === 'h2').length).toBeGreaterThan(3);
});

test('MainFirst begins with the main host, and goes on when it is full', () => {
  expect(hostsOf(six, [room('h2', 65_536), room('main', 3072)], 'MainFirst')).toEqual([
    'main',
    'main',
    'h2',
    'h2',
    'h2',
    'h2',
  ]);
});

test('Fill fills one host after the other', () => {
  expect(hostsOf(six, [room('h2', 4096), room('main', 65_536)], 'Fill')).toEqual([
    'h2',
    'h2',
    'h2',
    'main',
    'main',
    'main',
  ]);
});

describe('wishes', () => {
  test('hold for both sides', () => {
    const items = [machine('a'), machine('b', { apart: ['a'] }), machine('c', { together: ['b'] })];
    const [a, b, c] = hostsOf(items, three, 'Fill');
    expect(a).not.toBe(b);
    expect(c).toBe(b);
  });

  test('win over where a machine was', () => {
    expect(hostsOf([machine('a', { pinned: 'h3' })], three, 'Fill', { a: 'main' })).toEqual(['h3']);
    expect(hostsOf([machine('a', { avoid: ['main'] })], three, 'Fill', { a: 'main' })).toEqual(['h2']);
  });

  test('that cannot be granted are named', () => {
    const { unplaceable } = place([machine('a', { pinned: 'h9' })], three, 'Fill', 'main', {});
    expect(unplaceable).toEqual(['a']);
  });
});

test('nothing moves while its host exists, whatever else changes', () => {
  const names = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,6}$/), { minLength: 1, maxLength: 20 });
  const policy = fc.constantFrom('NaiveRoundRobin', 'Balanced', 'MainFirst', 'Fill');
  fc.assert(
    fc.property(names, names, policy, policy, (before, after, first, second) => {
      const old = place(
        before.map((name) => machine(name)),
        three,
        first,
        'main',
        {},
      ).hosts;
      const now = place(
        after.map((name) => machine(name)),
        three,
        second,
        'main',
        Object.fromEntries(old),
      ).hosts;
      for (const name of after) if (old.has(name)) expect(now.get(name)).toBe(old.get(name));
    }),
  );
});
