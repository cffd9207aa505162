import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { pauseAfter } from '../../src/model/backoff.ts';

const backoff = fc
  .tuple(fc.integer({ min: 2, max: 10_000 }), fc.integer({ min: 1, max: 1000 }))
  .map(([firstMs, factor]) => ({ firstMs, mostMs: firstMs * factor }));
const failures = fc.integer({ min: 1, max: 1_000_000 });
const jitter = fc.double({ min: 0, max: 1, noNaN: true });

describe('the pause between tries', () => {
  test('is never shorter than half of the first and never longer than the longest', () => {
    fc.assert(
      fc.property(backoff, failures, jitter, (shape, failed, chance) => {
        const pause = pauseAfter(shape, failed, chance);
        expect(pause).toBeGreaterThanOrEqual(Math.floor(shape.firstMs / 2));
        expect(pause).toBeLessThanOrEqual(shape.mostMs);
      }),
    );
  });

  test('never shrinks while tries go on failing, whatever the chance', () => {
    fc.assert(
      fc.property(backoff, failures, jitter, (shape, failed, chance) => {
        expect(pauseAfter(shape, failed + 1, chance)).toBeGreaterThanOrEqual(pauseAfter(shape, failed, chance));
      }),
    );
  });

  test('doubles until it is the longest', () => {
    const pauses = [1, 2, 3, 4, 5].map((failed) => pauseAfter({ firstMs: 50, mostMs: 300 }, failed, 1));
    expect(pauses).toEqual([50, 100, 200, 300, 300]);
  });

  test('spreads those who lost the same thing at the same moment over half of it', () => {
    const shape = { firstMs: 1000, mostMs: 1000 };
    expect([0, 0.5, 1].map((chance) => pauseAfter(shape, 7, chance))).toEqual([500, 750, 1000]);
  });
});
