import { execFileSync } from 'node:child_process';

import fc from 'fast-check';
import { expect, test } from 'vitest';

import { quoteArgv, quoteWord } from '../../../src/adapters/runner/quote.ts';

/** What a real shell makes of a command line: its words, each ended by a NUL. */
function wordsOf(line: string): string[] {
  const out = execFileSync('/bin/sh', ['-c', `printf '%s\\0' ${line}`], { encoding: 'utf8' });
  return out.split('\0').slice(0, -1);
}

const hostile = fc.oneof(
  fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\0', '')),
  fc.string({ unit: fc.constantFrom(...Array.from('\'"\\$`!#~*?[]{}()<>|&;\n\t -=%é')) }),
  fc.constantFrom('', '-n', '--', "'", "''", '$(reboot)', '`id`', '\n', 'a\\', '~root', '*', '!!', "a'b'c"),
);

test('a real shell reads back exactly the words that were quoted', () => {
  fc.assert(
    fc.property(fc.array(hostile, { minLength: 1, maxLength: 6 }), (argv) => {
      const wellFormed = argv.map((word) => Buffer.from(word).toString());
      expect(wordsOf(quoteArgv(wellFormed))).toEqual(wellFormed);
    }),
    { numRuns: 200 },
  );
});

test('a word with a NUL byte is refused', () => {
  expect(() => quoteWord('a\0b')).toThrow('NUL');
});
