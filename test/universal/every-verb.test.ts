import { describe, expect, test } from 'vitest';

import type { FaultKind } from '../../src/adapters/sim/faults.ts';
import type { Plan } from '../../src/model/plan.ts';
import { verbNames } from '../../src/model/request.ts';
import type { Carrier } from '../../src/ports/carrier.ts';
import { kinds } from '../../src/resources/registry.ts';
import { laboratory } from '../support/goals.ts';
import { contextOf, createLab, type Lab } from '../support/lab.ts';
import { planOfRequest, requestOf, type StateName, states, type VerbCase, verbCases } from '../support/verbs.ts';

const cases = Object.values(verbCases).flat();
const stateNames = Object.keys(states) as StateName[];

const hosts = ['main', 'h2'];
const everything = (lab: Lab): string => JSON.stringify(hosts.map((host) => lab.world.host(host)));

async function labIn(state: StateName): Promise<Lab> {
  const lab = createLab();
  const walked = await lab.run((await lab.plan(laboratory)).plan);
  expect(walked.failed).toEqual(new Set());
  await states[state](lab);
  return lab;
}

async function planIn(lab: Lab, each: VerbCase): Promise<Plan> {
  const { plan, refused } = await planOfRequest(lab, requestOf(each));
  expect(refused).toEqual([]);
  return plan;
}

/** A batch that removes a thing and makes it again does both again when it is repeated: harmless, but not nothing. */
function remakes({ items }: Plan['batches'][number]): boolean {
  return new Set(items.map(({ ref }) => ref)).size < items.length;
}

test('every verb of every kind has a line in the table', () => {
  const known = [...kinds.values()].flatMap(({ kind, verbs = {} }) =>
    verbNames.filter((verb) => verbs[verb]).map((verb) => `${verb} ${kind}`),
  );
  expect(cases.map(({ verb, kind }) => `${verb} ${kind}`).sort()).toEqual(known.sort());
});

describe.each(cases)('$verb of a $kind', (each) => {
  test.each(stateNames)('comes to what the table says when the guest is %s', async (state) => {
    const lab = await labIn(state);
    const { plan, refused } = await planOfRequest(lab, requestOf(each));
    const ends = refused.length > 0 ? 'refused' : plan.batches.length === 0 ? 'already' : 'does';
    expect(ends).toBe(each.from[state]);
    for (const { hint, message } of refused) expect(message && hint).toBeTruthy();
  });

  const doing = stateNames.filter((state) => each.from[state] === 'does' && state !== 'absent');

  test.each(doing)('each step twice is each step once, when the guest is %s', async (state) => {
    const lab = await labIn(state);
    for (const batch of (await planIn(lab, each)).batches) {
      const carrier = lab.world.carriers[batch.transport as keyof typeof lab.world.carriers] as Carrier;
      await carrier.apply(batch.target, batch.items, contextOf(batch, 'do'));
      const once = everything(lab);
      await carrier.apply(batch.target, batch.items, contextOf(batch, 'do'));
      if (!remakes(batch)) expect(everything(lab)).toBe(once);
    }
  });

  test.each(doing)('changes nothing but what was asked and what that needs, when the guest is %s', async (state) => {
    const lab = await labIn(state);
    const plan = await planIn(lab, each);
    const refs = new Set(plan.batches.flatMap(({ items }) => items.map(({ ref }) => ref)));
    const about = [
      'disk:lab-web',
      'libvirt.domain:lab-web',
      'guest.ready:lab-web',
      'script:lab-web-setup',
      'ovn.acl:lab-lan-0',
    ];
    expect([...refs].filter((ref) => !about.includes(ref))).toEqual([]);
  });

  test.each(doing)('then the plan without it is empty or says who asked, when the guest is %s', async (state) => {
    const lab = await labIn(state);
    const walked = await lab.run(await planIn(lab, each));
    if (walked.failed.size > 0) return expect([...walked.failed].every((id) => id.startsWith('run script'))).toBe(true);
    const { plan } = await lab.plan(laboratory, { replace: false });
    const rest = plan.stages.flatMap(({ instructions }) => instructions).filter(({ asked }) => asked !== true);
    const before = state === 'running' || each.kind === 'libvirt.domain' ? [] : undefined;
    if (before) expect(rest).toEqual([]);
    const asked = plan.stages
      .flatMap(({ instructions }) => instructions)
      .filter(({ kind }) => kind === 'libvirt.domain');
    for (const { cause } of asked)
      if (each.verb === 'stop' || each.verb === 'pause') expect(cause).toContain('by ann at 2026-11-28 14:31 UTC');
    return undefined;
  });

  test.each(
    doing.flatMap((state) => (['fail', 'half', 'lost reply'] as FaultKind[]).map((fault) => [fault, state] as const)),
  )('%s at any step, then undo, is the world before, when the guest is %s', async (fault, state) => {
    const steps = (await planIn(await labIn(state), each)).batches.flatMap(({ items }) => items);
    for (const step of steps) {
      const lab = await labIn(state);
      const before = await lab.text();
      const plan = await planIn(lab, each);
      lab.world.faults.lay({ kind: fault, item: step.id, class: 'permanent' });
      const undone = await lab.undo(await lab.run(plan));
      if (undone.never.length > 0) {
        expect(each.irreversible === true || state.startsWith('paused')).toBe(true);
        continue;
      }
      expect(undone.failed).toEqual(new Set());
      expect(await lab.text()).toBe(before);
    }
  });

  test.each(doing)('undo twice is undo once, when the guest is %s', async (state) => {
    const lab = await labIn(state);
    const walked = await lab.run(await planIn(lab, each));
    const undone = await lab.undo(walked);
    if (undone.never.length > 0) return;
    const once = everything(lab);
    expect((await lab.undo(walked)).failed).toEqual(new Set());
    if (!walked.started.some(remakes)) expect(everything(lab)).toBe(once);
  });
});
