import { describe, expect, test } from 'vitest';
import type { BootParallelism } from '../../src/model/admission.ts';
import type { Plan } from '../../src/model/plan.ts';
import type { Resource } from '../../src/model/resources.ts';
import { planChanges } from '../../src/planner/plan.ts';
import { printPlan } from '../../src/planner/print.ts';
import { kindOf } from '../../src/resources/registry.ts';
import { h2Facts } from '../support/facts.ts';
import { deployment, goals } from '../support/goals.ts';
import { inventoryOf } from '../support/lab.ts';

/** Guests on one host, of which some wait for others. */
function laboratoryOf(count: number, waitsFor: (n: number) => readonly number[] = () => []): Resource[] {
  return Array.from({ length: count }, (_, n) => {
    const name = `lab-g${n}`;
    const own = { name, guest: `g${n}` };
    const after = waitsFor(n).map((other) => ({ ref: `guest.ready:lab-g${other}` as const }));
    return [
      { ...goals.disk, ...own },
      { ...goals.seed, ...own },
      { ...goals['libvirt.domain'], ...own, interfaces: [] },
      {
        ...goals['guest.ready'],
        ...own,
        domain: name,
        reach: { ...goals['guest.ready'].reach, guest: `g${n}` },
        ...(after.length > 0 ? { after } : {}),
      },
    ];
  }).flat();
}

function planOf(desired: readonly Resource[], bootParallelism?: BootParallelism, cores = 4): Plan {
  const observed = { copies: new Map(), facts: new Map([['h2', { ...h2Facts, cores }]]), unknown: new Map() };
  const asked = bootParallelism === undefined ? {} : { bootParallelism };
  const inventory = inventoryOf('main', 'h2');
  return planChanges({ deployment, installation: '0123abcd', inventory, desired, observed, kindOf, ...asked }).plan;
}

const guestBatches = (plan: Plan): Plan['batches'] => plan.batches.filter(({ transport }) => transport === 'guest');

describe('a plan', () => {
  test('says how many guests boot at a time where that is not all of them', () => {
    const text = (...how: [number, BootParallelism?]) => printPlan(planOf(laboratoryOf(how[0]), how[1]));
    expect(text(20)).toContain('\n  20 guests boot on h2, about 6 (4 to 8) at a time\n');
    expect(text(20, 3)).toContain('\n  20 guests boot on h2, at most 3 at a time\n');
    expect(text(6)).not.toContain('at a time');
    expect(text(20, 'all')).not.toContain('at a time');
  });

  test('lets one valve hold for all batches of a host', () => {
    const batches = guestBatches(planOf(laboratoryOf(60), 5));
    expect(batches.map(({ admission }) => admission)).toEqual(Array(3).fill({ start: 5, least: 5, most: 5 }));
  });

  test('leaves every domain paused whose guest is to be made ready', () => {
    const ops = planOf(laboratoryOf(3)).batches.flatMap(({ items }) => items.map(({ op }) => op));
    const left = ops.filter((op) => op.transport === 'libvirt' && op.do === 'ensure' && op.leave === 'paused');
    expect(left).toHaveLength(3);
    expect(ops.filter((op) => op.transport === 'guest' && op.do === 'ready')).toHaveLength(3);
  });
});

describe('guests that wait for others', () => {
  test.each<[string, (n: number) => readonly number[]]>([
    ['the one before', (n) => (n > 0 ? [n - 1] : [])],
    ['the one after', (n) => (n < 59 ? [n + 1] : [])],
    ['one far away, in both directions', (n) => (n < 10 ? [n + 40] : n >= 50 ? [n - 30] : [])],
  ])('are planned without batches that wait for each other: %s', (_name, waitsFor) => {
    const batches = guestBatches(planOf(laboratoryOf(60, waitsFor)));
    const place = new Map(batches.flatMap(({ items }, n) => items.map(({ id }) => [id, n] as const)));
    for (const { items } of batches) {
      for (const { id, needs } of items) {
        for (const need of needs) expect(place.get(need) ?? 0).toBeLessThanOrEqual(place.get(id)!);
      }
    }
    expect(place.size).toBe(60);
  });

  test('in one batch go in an order in which each finds what it waits for', () => {
    const [batch] = guestBatches(planOf(laboratoryOf(10, (n) => (n < 9 ? [n + 1] : []))));
    expect(batch!.items.map(({ guest }) => guest)).toEqual(Array.from({ length: 10 }, (_, n) => `g${9 - n}`));
  });
});
