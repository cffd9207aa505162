import { readdirSync, readFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';

import { describe, expect, test } from 'vitest';

import { printDiagnostics } from '../../src/spec/print-diagnostics.ts';
import { compileText, included, nothingThere } from '../compiler/golden-text.ts';

const folder = resolve(import.meta.dirname, '../fixtures/projects');
const golden = resolve(import.meta.dirname, '../golden/messages');

/** Every fixture's name says what becomes of it: `invalid-…`, `doubtful-…`, `valid-…`. */
const projects = readdirSync(folder)
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => ({ name: basename(name, '.yaml'), text: readFileSync(resolve(folder, name), 'utf8') }));

/** Texts of a fixture and of what it includes. */
const textOf = (text: string) => (file: string) => (file === 'kvm-compose.yaml' ? text : included.get(file));

/** Files are looked for only where a fixture is about them. */
function verdictOn(name: string, text: string) {
  const { diagnostics } = compileText(text, name.includes('missing') ? nothingThere(text) : {});
  const severities = new Set(diagnostics.map(({ severity }) => severity));
  return { diagnostics, severities };
}

describe('a faulty file', () => {
  test.for(projects.filter(({ name }) => name.startsWith('invalid-')))('$name is refused', async ({ name, text }) => {
    const { diagnostics, severities } = verdictOn(name, text);
    expect(severities).toContain('error');
    expect(diagnostics.every(({ position }) => position)).toBe(true);
    await expect(printDiagnostics(diagnostics, textOf(text))).toMatchFileSnapshot(resolve(golden, `${name}.txt`));
  });
});

describe('a doubtful file', () => {
  test.for(projects.filter(({ name }) => name.startsWith('doubtful-')))(
    '$name is warned about',
    async ({ name, text }) => {
      const { diagnostics, severities } = verdictOn(name, text);
      expect(severities).not.toContain('error');
      expect(diagnostics).not.toHaveLength(0);
      await expect(printDiagnostics(diagnostics, textOf(text))).toMatchFileSnapshot(resolve(golden, `${name}.txt`));
    },
  );
});

describe('a valid file', () => {
  test.for(projects.filter(({ name }) => name.startsWith('valid-')))(
    '$name is accepted without a word',
    ({ name, text }) => {
      expect(printDiagnostics(verdictOn(name, text).diagnostics, textOf(text))).toBe('');
    },
  );
});

test('there are a hundred faulty files', () => {
  expect(projects.filter(({ name }) => name.startsWith('invalid-')).length).toBeGreaterThanOrEqual(100);
});
