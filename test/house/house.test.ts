import { readdirSync, readFileSync, existsSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';

import { describe, expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '../..');

interface Source {
  readonly path: string;
  readonly lines: readonly string[];
}

/** Every file under a folder whose name ends so. */
function sources(folder: string, ending = '.ts'): Source[] {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ path: relative(root, path), lines: readFileSync(path, 'utf8').trimEnd().split('\n') }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** The places where a line is of a kind that has no place here, as file:line. */
function places(files: readonly Source[], isOfThatKind: (line: string, before: string) => boolean): string[] {
  return files.flatMap(({ path, lines }) =>
    lines.flatMap((line, i) => (isOfThatKind(line, lines[i - 1] ?? '') ? [`${path}:${i + 1}: ${line.trim()}`] : [])),
  );
}

const src = sources('src');
/** This file holds the words it looks for. */
const all = [...src, ...['test', 'scripts', 'bench', 'config'].flatMap((folder) => sources(folder))].filter(
  ({ path }) => !path.startsWith('test/house/'),
);

describe('sizes', () => {
  test('no source file has more than 400 lines', () => {
    expect(src.filter(({ lines }) => lines.length > 400).map(({ path, lines }) => `${path}: ${lines.length}`)).toEqual(
      [],
    );
  });

  test('half of the source files have at most 100 lines', () => {
    const sizes = src.map(({ lines }) => lines.length).sort((a, b) => a - b);
    expect(sizes[Math.floor(sizes.length / 2)]).toBeLessThanOrEqual(100);
  });

  test('composition roots have at most 60 lines', () => {
    const long = sources('src/bin').filter(({ lines }) => lines.length > 60);
    expect(long.map(({ path, lines }) => `${path}: ${lines.length}`)).toEqual([]);
  });

  test('the README is read in one sitting', () => {
    const readme = existsSync(join(root, 'README.md')) ? readFileSync(join(root, 'README.md'), 'utf8') : '';
    expect(readme.trimEnd().split('\n').length).toBeLessThanOrEqual(120);
  });
});

describe('exports', () => {
  test('are named', () => {
    expect(places(src, (line) => /^export default\b/.test(line))).toEqual([]);
  });

  test('are listed', () => {
    expect(places(src, (line) => /^export (type )?\*/.test(line))).toEqual([]);
  });

  test('have a sentence that says what they are', () => {
    const declares = /^export (async |abstract |declare )*(function|const|interface|type|class) /;
    expect(places(src, (line, before) => declares.test(line) && !before.endsWith('*/'))).toEqual([]);
  });
});

describe('between server and clients', () => {
  const faces = src.filter(({ path }) => /^src\/(api|fold|gateway|cli)\//.test(path));
  const isCode = (line: string): boolean => !/^\s*(\/\/|\/?\*)/.test(line);

  test('no type is claimed: what arrives is checked by its schema', () => {
    const claims = /\bas ([A-Z{(]|(unknown|never|string|number|boolean|object|readonly|typeof|keyof)\b)/;
    const isRename = (line: string): boolean => /^(import|export) |^ {2}\w+ as \w+,$/.test(line);
    expect(places(faces, (line) => isCode(line) && claims.test(line) && !isRename(line))).toEqual([]);
  });

  test('zod comes as a namespace: by its name alone it brings 550 KiB of translations into every program', () => {
    expect(places(src, (line) => /from 'zod'/.test(line) && !/^import (type )?\* as z /.test(line))).toEqual([]);
  });
});

describe('words', () => {
  test('nothing is left for later in a comment', () => {
    expect(places(all, (line) => /\b(TODO|FIXME|XXX|HACK)\b/.test(line))).toEqual([]);
  });

  test('no test is switched off or runs alone', () => {
    const tests = sources('test').filter(({ path }) => !path.startsWith('test/house/'));
    expect(places(tests, (line) => /\b(test|it|describe)\.(only|todo)\b/.test(line))).toEqual([]);
  });

  test('no check is switched off for a whole file', () => {
    expect(places(all, (line) => /@ts-nocheck|(eslint|oxlint)-disable(?!-(next-)?line)/.test(line))).toEqual([]);
  });

  test('a check switched off for a line says why', () => {
    expect(places(all, (line) => /(eslint|oxlint)-disable-(next-)?line(?!.* -- \S)/.test(line))).toEqual([]);
  });
});
