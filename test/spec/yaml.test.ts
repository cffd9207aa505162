import { describe, expect, test } from 'vitest';

import { Locator, type Node } from '../../src/spec/document.ts';
import { interpolate } from '../../src/spec/interpolate.ts';
import { parseYaml } from '../../src/spec/yaml.ts';

function plain(node: Node): unknown {
  if (node.type === 'scalar') return node.value;
  if (node.type === 'list') return node.items.map(plain);
  return Object.fromEntries(node.entries.map(({ key, value }) => [key, plain(value)]));
}

function read(text: string): { value?: unknown; codes: string[] } {
  const { document, diagnostics } = parseYaml(new Locator(text, 'f'));
  return { ...(document ? { value: plain(document) } : {}), codes: diagnostics.map(({ code }) => code) };
}

describe('a document', () => {
  test('has the values of the core schema', () => {
    const { value } = read('a: [1, -2, 0x10, 0o17, 1.5, .5, 1e3, true, False, ~, null, "1", yes, 1.2.3, 0123]');
    expect(value).toEqual({ a: [1, -2, 16, 15, 1.5, 0.5, 1000, true, false, null, null, '1', 'yes', '1.2.3', 123] });
  });

  test('knows anchors, aliases and merge keys; what is written wins over what is merged', () => {
    const { value } = read('x: &x { a: 1, b: 2 }\ny: { <<: *x, b: 3 }\nz: { <<: [*x, { c: 4, a: 9 }] }\nw: *x');
    expect(value).toMatchObject({ y: { a: 1, b: 3 }, z: { a: 1, b: 2, c: 4 }, w: { a: 1, b: 2 } });
  });

  test('knows block scalars', () => {
    expect(read('a: |\n  one\n  two\nb: >-\n  one\n  two\n').value).toEqual({ a: 'one\ntwo\n', b: 'one two' });
  });

  test.each([
    ['a: 1\na: 2', 'yaml-duplicate-key'],
    ['a: *b', 'yaml-alias'],
    ['a: !!binary aGk=', 'yaml-tag'],
    ['<<: 1', 'yaml-merge'],
    ['[a]: 1', 'yaml-key'],
    ['a: 1\n---\nb: 2', 'yaml-documents'],
    ['', 'yaml-empty'],
    ['a:\n\tb: 1', 'yaml-syntax'],
  ])('%j is refused with one clear error', (text, code) => {
    expect(read(text).codes).toEqual([code]);
  });

  test('says everything that is wrong, not the first thing only', () => {
    expect(read('a: 1\na: 2\nb: *c\nb: 3').codes).toEqual(['yaml-alias', 'yaml-duplicate-key', 'yaml-duplicate-key']);
  });

  test.each([
    ['a file of 100 MB', () => `a: ${'x'.repeat(100 * 1024 * 1024)}`, 'yaml-too-large'],
    ['a million brackets', () => '['.repeat(1_000_000), 'yaml-syntax'],
    [
      'an alias bomb',
      () => `a0: &a0 [1]\n${Array.from({ length: 60 }, (_, i) => `a${i + 1}: &a${i + 1} [*a${i}, *a${i}]\n`).join('')}`,
      'yaml-alias-bomb',
    ],
    [
      'a bomb of merge keys',
      () =>
        `a0: &a0 { k: 1 }\n${Array.from({ length: 60 }, (_, i) => `a${i + 1}: &a${i + 1} { k${i}: 1, <<: [*a${i}, *a${i}] }\n`).join('')}`,
      'yaml-alias-bomb',
    ],
  ])('%s is refused quickly', (_name, make, code) => {
    const text = make();
    const before = process.cpuUsage();
    expect(read(text).codes).toEqual([code]);
    expect(process.cpuUsage(before).user).toBeLessThan(1_000_000);
  });
});

describe('a position', () => {
  const text = 'a: 1\nbb:\n  - &x c\n  - "dé"\n';
  const locator = new Locator(text, 'file.yaml');

  test('has line, column and length', () => {
    const start = text.indexOf('dé');
    expect(locator.position({ start, end: start + 2 })).toEqual({ file: 'file.yaml', line: 4, column: 6, length: 2 });
  });

  test('is cut at the end of its line', () => {
    expect(locator.position({ start: 0, end: text.length })).toEqual({
      file: 'file.yaml',
      line: 1,
      column: 1,
      length: 4,
    });
  });

  test('at the end of the text is there', () => {
    expect(locator.position({ start: text.length, end: text.length + 1 })).toMatchObject({ line: 5, column: 1 });
  });
});

describe('variables', () => {
  const environment = { NAME: 'web', EMPTY: '' };

  test.each([
    ['${NAME}', 'web'],
    ['a-${NAME}-b', 'a-web-b'],
    ['${NAME:-x}', 'web'],
    ['${NONE:-x}', 'x'],
    ['${NONE-x y}', 'x y'],
    ['${EMPTY:-x}', 'x'],
    ['${EMPTY-x}', ''],
    ['${NAME:+yes}', 'yes'],
    ['${NONE:+yes}', ''],
    ['$${NAME}', '${NAME}'],
    ['$NAME $$ $5', '$NAME $$ $5'],
    ['${NONE}', '${NONE}'],
    ['${not a name}', '${not a name}'],
  ])('%s becomes %j', (text, filled) => {
    expect(interpolate(text, environment).text).toBe(filled);
  });

  test('without a value are named', () => {
    expect(interpolate('${A} ${B:?say B}', {})).toMatchObject({ unset: ['A'], refused: '`B` is not set: say B' });
  });

  test('do not reach beyond the environment', () => {
    expect(interpolate('${constructor:-x}', {}).text).toBe('x');
  });
});
