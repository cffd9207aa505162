import { describe, expect, test } from 'vitest';

import { linkLocal, macFromNumber, macNumber, parseMac } from '../../src/model/mac.ts';
import { didYouMean, similar } from '../../src/model/similar.ts';

describe('a MAC address', () => {
  test('is read in lower case', () => {
    expect(parseMac('02:AB:cd:00:00:0F')).toBe('02:ab:cd:00:00:0f');
  });

  test.each(['', '02:00:00:00:00', '02-00-00-00-00-01', '00:00:00:00:00:00', '01:00:5e:00:00:01', '02:00:00:00:00:gg'])(
    '%j is none',
    (text) => {
      expect(parseMac(text)).toBeUndefined();
    },
  );

  test('is a number and back', () => {
    expect(macFromNumber(macNumber('02:00:00:00:ff:ff') + 1)).toBe('02:00:00:01:00:00');
  });

  test('makes the link-local address guests give themselves', () => {
    expect(linkLocal('52:54:00:12:34:56')).toBe('fe80::5054:ff:fe12:3456');
    expect(linkLocal('02:00:00:00:00:0a')).toBe('fe80::ff:fe00:a');
  });
});

describe('what was meant', () => {
  test.each([
    ['swithces', 'switches'],
    ['Switches', 'switches'],
    ['memroy_mb', 'memory_mb'],
    ['lna', 'lan'],
  ])('by %s is %s', (written, meant) => {
    expect(similar(written, ['switches', 'memory_mb', 'lan', 'routers'])).toBe(meant);
  });

  test('is not guessed from far away', () => {
    expect(similar('colour', ['switches', 'lan'])).toBeUndefined();
    expect(didYouMean('colour', ['switches', 'lan'])).toBe('known: `switches`, `lan`');
    expect(didYouMean('colour', [])).toBeUndefined();
  });
});
