import { expect, test } from 'vitest';
import { script } from '../../src/resources/script/kind.ts';
import { goals } from '../support/goals.ts';

const goal = goals.script;
const label = { installation: '0123abcd', deployment: 'lab', generation: 1, hash: 'cafe' };

/** How an up that forgets a script is rolled back. */
function undoOfForgetting(drift?: string): string {
  const observed = { as: goal, label, ...(drift === undefined ? {} : { drift }) };
  return script.undo(script.compare(undefined, observed)!, undefined, observed).to;
}

test('rolling back never runs a script that did not end', () => {
  expect(undoOfForgetting()).toBe('operation');
  expect(undoOfForgetting('did not end')).toBe('irreversible');
});
