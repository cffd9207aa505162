import { describe, expect, test } from 'vitest';

import type { FaultKind } from '../../src/adapters/sim/faults.ts';
import { contextOf, createLab, type Lab } from '../support/lab.ts';
import { goals, laboratory, variants } from '../support/goals.ts';
import type { Carrier } from '../../src/ports/carrier.ts';
import type { KindName } from '../../src/model/kind.ts';
import type { Batch, Plan } from '../../src/model/plan.ts';
import { type Ref, refOf } from '../../src/model/ref.ts';
import type { Resource } from '../../src/model/resources.ts';
import { kindOf } from '../../src/resources/registry.ts';

/** Everything but one thing and whatever needs it. */
function without(gone: Resource): Resource[] {
  const missing = new Set<Ref>([refOf(gone)]);
  for (let before = -1; before !== missing.size;) {
    before = missing.size;
    for (const each of laboratory) {
      if (
        kindOf(each.kind)
          .needs(each)
          .some(({ ref }) => missing.has(ref))
      )
        missing.add(refOf(each));
    }
  }
  return laboratory.filter((each) => !missing.has(refOf(each)));
}

interface Transition {
  readonly name: string;
  readonly kind: KindName;
  readonly before: readonly Resource[];
  readonly after: readonly Resource[];
}

const transitions: Transition[] = laboratory.flatMap((goal): Transition[] => {
  const { kind } = goal;
  const rest = without(goal);
  const variant = variants[kind];
  const changed = laboratory.map((each) => (each.kind === kind && variant ? variant : each));
  return [
    { name: `${kind} created`, kind, before: rest, after: [...rest, goal] },
    ...(variant ? [{ name: `${kind} changed`, kind, before: laboratory, after: changed }] : []),
    { name: `${kind} removed`, kind, before: laboratory, after: rest },
  ];
});

async function labWith(resources: readonly Resource[]): Promise<Lab> {
  const lab = createLab();
  const { plan } = await lab.plan(resources);
  expect((await lab.run(plan)).failed).toEqual(new Set());
  return lab;
}

/** The plan of a transition, which must really be about the kind. */
async function planOf(lab: Lab, { kind, after }: Transition): Promise<Plan> {
  const { plan, refused } = await lab.plan(after);
  expect(refused).toEqual([]);
  expect(plan.batches.flatMap(({ items }) => items.map(({ ref }) => ref))).toContainEqual(refOf(goals[kind]));
  return plan;
}

/** A batch that removes a thing and makes it again does both again when it is repeated: harmless, but not nothing. */
function remakes({ items }: Batch): boolean {
  return new Set(items.map(({ ref }) => ref)).size < items.length;
}

/** What a guest wrote on its disk, and what a script did in a guest that stays. */
const cannotBeTakenBack = ['delete disk:lab-web', 'run script:lab-web-setup'];

const hosts = ['main', 'h2'];
const everything = (lab: Lab): string => JSON.stringify(hosts.map((host) => lab.world.host(host)));

describe.each(transitions)('$name', (transition) => {
  test('each step twice is each step once', async () => {
    const lab = await labWith(transition.before);
    for (const batch of (await planOf(lab, transition)).batches) {
      const carrier = lab.world.carriers[batch.transport as keyof typeof lab.world.carriers] as Carrier;
      await carrier.apply(batch.target, batch.items, contextOf(batch, 'do'));
      const once = everything(lab);
      const again = await carrier.apply(batch.target, batch.items, contextOf(batch, 'do'));
      expect(again.filter(({ status }) => status === 'failed')).toEqual([]);
      if (!remakes(batch)) expect(everything(lab)).toBe(once);
    }
    expect((await lab.plan(transition.after)).plan.batches).toEqual([]);
  });

  test('doing it leaves nothing to do', async () => {
    const lab = await labWith(transition.before);
    await lab.run(await planOf(lab, transition));
    expect((await lab.plan(transition.after)).plan.batches).toEqual([]);
  });

  test.each<FaultKind>(['fail', 'half', 'lost reply'])(
    '%s at any step, then undo, is the world before',
    async (kind) => {
      const steps = (await planOf(await labWith(transition.before), transition)).batches.flatMap(({ items }) => items);
      for (const step of steps) {
        const lab = await labWith(transition.before);
        const before = await lab.text();
        const plan = await planOf(lab, transition);
        lab.world.faults.lay({ kind, item: step.id, class: 'permanent' });
        const walked = await lab.run(plan);
        expect(walked.failed).toContain(step.id);
        const undone = await lab.undo(walked);
        expect(undone.never.filter((id) => !cannotBeTakenBack.includes(id))).toEqual([]);
        if (undone.never.length > 0) continue;
        expect(undone.failed).toEqual(new Set());
        expect(await lab.text()).toBe(before);
      }
    },
  );

  test('each undo twice is each undo once', async () => {
    const lab = await labWith(transition.before);
    const before = await lab.text();
    const walked = await lab.run(await planOf(lab, transition));
    const never: string[] = [];
    for (const batch of [...walked.started].reverse()) {
      const one = { ...walked, started: [batch] };
      never.push(...(await lab.undo(one)).never);
      const once = everything(lab);
      const again = await lab.undo(one);
      if (!remakes(batch) && never.length === 0) {
        expect(again.failed).toEqual(new Set());
        expect(everything(lab)).toBe(once);
      }
    }
    if (never.length === 0) expect(await lab.text()).toBe(before);
  });
});
