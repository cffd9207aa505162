import { expect, test } from 'vitest';
import { planChanges } from '../../src/planner/plan.ts';
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
