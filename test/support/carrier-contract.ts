import { describe, expect, test } from 'vitest';

import { refOf } from '../../src/model/ref.ts';
import type { Resource } from '../../src/model/resources.ts';
import { type CarriedTransport, carriedTransports } from '../../src/model/transport/table.ts';
import { kindOf } from '../../src/resources/registry.ts';
import { type CarrierHands, endsOf, itemsOf } from './carrier-hands.ts';
import { carrierLabel, type CarrierLaboratory, type TransportGoals } from './carrier-laboratory.ts';

/** The world to be held to it, once it is there. */
export interface ContractSetting {
  readonly hands: () => CarrierHands;
  readonly laboratory: () => CarrierLaboratory;
}

const others = [
  { name: 'another installation', owner: { installation: 'ffffffff' } },
  { name: 'another deployment', owner: { deployment: 'other' } },
] as const;

/** Every item has an outcome, and it is this one. */
function all(goals: readonly Resource[], status: string): Readonly<Record<string, string>> {
  return Object.fromEntries(goals.map((goal) => [refOf(goal), status]));
}

/** What is known of a guest is found out anew each time; a thing is there already. */
function again(goals: readonly Resource[]): Readonly<Record<string, string>> {
  return Object.fromEntries(goals.map((goal) => [refOf(goal), kindOf(goal.kind).isKnowledge ? 'done' : 'already']));
}

/**
 * What every carrier owes, whatever the world: the real ones and the simulated ones that stand for them in all other
 * tests. The transports stand on each other, so the tests go through them in order and back.
 */
export function carriersKeepTheContract(setting: ContractSetting): void {
  describe.each(carriedTransports)('the carrier of %s', (transport) => makes(transport, setting));
  describe.each([...carriedTransports].reverse())('the carrier of %s, at the end,', (transport) =>
    removes(transport, setting),
  );
}

function makes(transport: CarriedTransport, { hands, laboratory }: ContractSetting): void {
  const own = (): TransportGoals => laboratory()[transport];
  const apply = async (goals: readonly Resource[], how: 'make' | 'remove') =>
    endsOf(await hands().apply(transport, itemsOf(goals, how)));

  test('does nothing when it was told to stop before', async () => {
    const before = await hands().seen();
    const signal = AbortSignal.abort(new Error('told to stop'));
    await expect(hands().apply(transport, itemsOf(own().goals, 'make'), { signal })).rejects.toThrow('told to stop');
    expect(await hands().seen()).toEqual(before);
  });

  test('makes things once', async () => {
    const { goals } = own();
    expect(await apply(goals, 'make')).toEqual(all(goals, 'done'));
    expect(await apply(goals, 'make')).toEqual(again(goals));
  });

  test('has made them as they were wanted, by the answer of the host', async () => {
    expect(await hands().differences(own().goals)).toEqual([]);
  });

  test('ends when it is told to stop while it works, and what was there stays', async () => {
    const controller = new AbortController();
    const working = hands().apply(transport, itemsOf(own().goals, 'make'), { signal: controller.signal });
    controller.abort(new Error('told to stop'));
    await expect(working).rejects.toThrow('told to stop');
    expect(await hands().differences(own().goals)).toEqual([]);
  });

  test('refuses a bad item alone: what needs it is skipped, and the others are made', async () => {
    const { goals, bad, code, dependant } = own();
    const [good] = [...goals].reverse();
    await apply([good!], 'remove');
    const next = dependant ? itemsOf([dependant], 'make').map((item) => ({ ...item, needs: [refOf(bad)] })) : [];
    const outcomes = await hands().apply(transport, [...itemsOf([bad], 'make'), ...next, ...itemsOf([good!], 'make')]);
    expect(outcomes).toHaveLength(dependant ? 3 : 2);
    expect(outcomes.find(({ id }) => id === refOf(bad))).toMatchObject({
      status: 'failed',
      failure: { code, class: 'permanent' },
    });
    if (dependant) expect(outcomes.find(({ id }) => id === refOf(dependant))).toMatchObject({ status: 'skipped' });
    expect(endsOf(outcomes)).toMatchObject(all([good!], 'done'));
    expect(await hands().differences(goals)).toEqual([]);
    const known = (await hands().seen()).map(({ as }) => refOf(as));
    if (dependant) expect(known).not.toContain(refOf(dependant));
  });

  test('removes what is left of a bad item', async () => {
    const { bad } = own();
    expect(['done', 'already']).toContain((await apply([bad], 'remove'))[refOf(bad)]);
    expect(await apply([bad], 'remove')).toEqual(all([bad], 'already'));
    expect((await hands().seen()).map(({ as }) => refOf(as))).not.toContain(refOf(bad));
  });
}

function removes(transport: CarriedTransport, { hands, laboratory }: ContractSetting): void {
  const own = (): TransportGoals => laboratory()[transport];

  test.each(others)('refuses to remove things for $name, and they stay', async ({ owner }) => {
    const { goals } = own();
    const before = await hands().seen();
    // One by one: that one was refused keeps the next from being asked.
    const items = itemsOf(goals, 'remove').map((item) => ({ ...item, needs: [] }));
    const outcomes = await hands().apply(transport, items, owner);
    expect(outcomes).toHaveLength(goals.length);
    for (const outcome of outcomes)
      expect(outcome).toMatchObject({ failure: { code: 'name-taken', class: 'permanent' } });
    expect(await hands().seen()).toEqual(before);
  });

  test('does not begin to remove when it was told to stop before', async () => {
    const signal = AbortSignal.abort(new Error('told to stop'));
    const items = itemsOf(own().goals, 'remove');
    await expect(hands().apply(transport, items, { signal })).rejects.toThrow('told to stop');
    expect(await hands().differences(own().goals)).toEqual([]);
  });

  test('removes things once', async () => {
    const { goals } = own();
    expect(endsOf(await hands().apply(transport, itemsOf(goals, 'remove')))).toEqual(all(goals, 'done'));
    expect(endsOf(await hands().apply(transport, itemsOf(goals, 'remove')))).toEqual(all(goals, 'already'));
    const refs = new Set<string>(goals.map(refOf));
    expect(
      (await hands().seen()).filter(
        ({ as, label }) => label?.deployment === carrierLabel.deployment && refs.has(refOf(as)),
      ),
    ).toEqual([]);
  });
}
