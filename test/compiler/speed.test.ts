import { describe, expect, test } from 'vitest';

import { projectOf } from '../../bench/project-of.ts';
import { compileText } from './golden-text.ts';

/** Processor seconds, the least of three: other people's work on this machine does not count. */
function secondsFor(guests: number): number {
  const text = projectOf(guests);
  const once = (): number => {
    const before = process.cpuUsage();
    const { diagnostics, desired } = compileText(text);
    expect([diagnostics.length, desired!.length > guests * 5]).toEqual([0, true]);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1e6;
  };
  return Math.min(once(), once(), once());
}

describe('parsing and compiling', () => {
  test('2,000 guests takes less than 1.2 s', () => {
    const seconds = secondsFor(2000);
    console.log(`2,000 guests: ${seconds.toFixed(2)} s of processor time`);
    expect(seconds).toBeLessThan(1.2);
  });

  test('grows as the number of guests', () => {
    secondsFor(500);
    const [few, many] = [secondsFor(1000), secondsFor(4000)];
    console.log(`1,000 guests: ${few.toFixed(2)} s, 4,000 guests: ${many.toFixed(2)} s`);
    // Four times as much work, and some for the garbage collector, which has more to look at.
    expect(many / few).toBeLessThan(7);
  });
}, 60_000);
