import { describe, expect, test } from 'vitest';
import { asksIn, outcomeIn, textIn } from '../../src/client/memo.ts';

const question = {
  batch: 'ovn.main.0',
  host: 'main',
  what: 'ports',
  message: 'refused',
  since: '2026-11-24T10:00:00Z',
};
const outcome = { status: 'failed', skipped: 0, undone: 0, summary: {}, failures: [], leftovers: [] };

describe('a memo that somebody else may have written', () => {
  test.each([
    ['none', undefined],
    ['an empty one', {}],
    ['numbers', { by: 1, asks: 2, outcome: 3 }],
    ['nothing in it', { by: null, asks: null, outcome: null }],
    ['lists', { by: [], asks: [null, [], 'x'], outcome: [] }],
    ['half of it', { asks: [{ ...question, host: undefined }], outcome: { ...outcome, failures: undefined } }],
    ['numbers as texts', { asks: [{ ...question, since: 7 }], outcome: { ...outcome, undone: '0' } }],
    ['a list for an object', { outcome: { ...outcome, summary: [] } }],
    ['null for a list', { outcome: { ...outcome, leftovers: null } }],
  ])('says nothing: %s', (_, memo) => {
    expect(textIn(memo, 'by')).toBeUndefined();
    expect(asksIn(memo)).toEqual([]);
    expect(outcomeIn(memo)).toBeUndefined();
  });

  test('is read where it is whole, beside what is not', () => {
    const memo = { by: 'ann', asks: [question, null], outcome };
    expect(textIn(memo, 'by')).toBe('ann');
    expect(asksIn(memo)).toEqual([question]);
    expect(outcomeIn(memo)).toBe(outcome);
  });
});
