import { expect, test } from 'vitest';
import { script } from '../../src/resources/script/kind.ts';
import { goals } from '../support/goals.ts';

const goal = goals.script;
const mark = { installation: '0123abcd', deployment: 'lab', generation: 1, hash: 'cafe' };

/** How an up that forgets a script is taken back. */
function undoOfForgetting(flaw?: string): string {
  const seen = { as: goal, mark, ...(flaw === undefined ? {} : { flaw }) };
  return script.undo(script.compare(undefined, seen)!, undefined, seen).to;
}

test('taking back never runs a script that did not end', () => {
  expect(undoOfForgetting()).toBe('goal');
  expect(undoOfForgetting('did not end')).toBe('never');
});
