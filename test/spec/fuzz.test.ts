import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';

import fc from 'fast-check';
import { expect, test } from 'vitest';

import { printDiagnostics } from '../../src/spec/print-diagnostics.ts';
import { compileText, included, nothingThere, planText } from '../compiler/golden-text.ts';

const root = resolve(import.meta.dirname, '../..');
const texts = [
  ...readdirSync(resolve(root, 'examples')).map((name) => resolve(root, 'examples', name, 'kvm-compose.yaml')),
  ...readdirSync(resolve(root, 'test/fixtures/projects')).map((name) => resolve(root, 'test/fixtures/projects', name)),
].map((path) => readFileSync(path, 'utf8'));

/** How many mutated documents: few while somebody waits. */
const documents = Number(process.env['KVM_COMPOSE_FUZZ'] ?? (process.env['CI'] ? 10_000 : 2_000));

const words = [
  '',
  ' ',
  '\t',
  '\0',
  ':',
  '- ',
  '{',
  '}',
  '[',
  ']',
  '"',
  "'",
  '&a ',
  '*a',
  '<<: ',
  '!!int ',
  '|',
  '~',
  '-1',
  '0',
  '99999999999',
  'null',
  'true',
  '1e400',
  '.inf',
  '::',
  '10.0.0.0/0',
  '::/0',
  'ff:ff:ff:ff:ff:ff',
  '__proto__: 1',
  'constructor',
  '${',
  '${A:-}',
  '\u2028',
  '😀',
  '\r',
  'x'.repeat(300),
];

/** One change to a text: a piece cut out, said twice, moved elsewhere, or replaced by something nasty. */
const mutation = fc.record({
  how: fc.constantFrom('cut', 'repeat', 'move', 'replace', 'line', 'indent'),
  at: fc.nat(),
  length: fc.integer({ min: 1, max: 40 }),
  to: fc.nat(),
  word: fc.constantFrom(...words),
});

function mutate(
  text: string,
  { how, at, length, to, word }: typeof mutation extends fc.Arbitrary<infer T> ? T : never,
): string {
  const start = at % (text.length + 1);
  const [before, piece, after] = [text.slice(0, start), text.slice(start, start + length), text.slice(start + length)];
  const lines = text.split('\n');
  const line = at % lines.length;
  switch (how) {
    case 'cut':
      return before + after;
    case 'repeat':
      return before + piece + piece + after;
    case 'move': {
      const rest = before + after;
      const place = to % (rest.length + 1);
      return rest.slice(0, place) + piece + rest.slice(place);
    }
    case 'replace':
      return before + word + after;
    case 'line':
      return lines.toSpliced(line, 1, ...(to % 2 === 0 ? [] : [lines[line]!, lines[to % lines.length]!])).join('\n');
    case 'indent':
      return lines.with(line, ' '.repeat(to % 8) + lines[line]!.trimStart()).join('\n');
  }
}

test('a mutated project is compiled, or refused with a place in the file, and never breaks anything', () => {
  fc.assert(
    fc.property(fc.constantFrom(...texts), fc.array(mutation, { minLength: 1, maxLength: 4 }), (text, mutations) => {
      const mutated = mutations.reduce(mutate, text);
      const { diagnostics, desired } = compileText(mutated, nothingThere(mutated));
      for (const { position, message } of diagnostics) {
        expect(message).not.toMatch(/undefined|NaN|\[object/);
        const { file } = position!;
        const lines = (file === 'kvm-compose.yaml' ? mutated : included.get(file)!).split('\n');
        expect(position!.line).toBeLessThanOrEqual(lines.length);
        expect(position!.column).toBeLessThanOrEqual(lines[position!.line - 1]!.length + 1);
      }
      printDiagnostics(diagnostics, () => mutated);
      const refused = diagnostics.some(({ severity }) => severity === 'error');
      if (desired && !refused) planText(desired);
      else expect(refused).toBe(true);
    }),
    { numRuns: documents },
  );
}, 300_000);
