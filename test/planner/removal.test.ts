import { expect, test } from 'vitest';
import { planChanges } from '../../src/planner/plan.ts';
import { laterKinds } from '../../src/resources/later/kinds.ts';
import { kindOf } from '../../src/resources/registry.ts';
import { goals } from '../support/goals.ts';
import { createLab, inventoryOf, labOwner } from '../support/lab.ts';

/** The causes with which a laboratory goes away. */
async function causesOfRemoval(removal?: string): Promise<string[]> {
  const lab = createLab();
  await lab.run((await lab.plan([goals['ovn.switch'], goals.folder])).plan);
  const { plan } = planChanges({
    ...labOwner,
    inventory: inventoryOf('main', 'h2'),
    desired: [],
    observed: await lab.observed(),
    kindOf,
    replace: true,
    ...(removal === undefined ? {} : { removal }),
  });
  return plan.stages.flatMap(({ instructions }) => instructions.map(({ action, cause }) => `${action}: ${cause}`));
}

test('what an up removes is not in the file, what a down removes is removed by it', async () => {
  expect(await causesOfRemoval()).toEqual(['delete: not in the file', 'delete: not in the file']);
  expect(await causesOfRemoval('down')).toEqual(['delete: down', 'delete: down']);
});

test('a guest goes without waiting until it is forgotten that it was ready, but not before a script that may still run', async () => {
  const lab = createLab();
  const desired = Object.values(goals).filter(({ kind }) => !(kind in laterKinds));
  await lab.run((await lab.plan(desired)).plan);
  const { plan } = await lab.plan([], { replace: true });
  const needed = new Map(plan.batches.flatMap(({ items }) => items.map(({ id, needs }) => [id, needs] as const)));
  expect(needed.get('delete libvirt.domain:lab-web')).toEqual(['delete script:lab-web-setup']);
  expect(needed.get('delete access.link:lab-lan-access-h2')).toContain('delete script:lab-web-setup');
});
