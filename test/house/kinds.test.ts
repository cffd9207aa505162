import { readdirSync, readFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';

import { expect, test } from 'vitest';

import { kindNames } from '../../src/model/kind.ts';

const source = resolve(import.meta.dirname, '../../src');

/** What knows kinds only through their contract. */
const folders = [
  'planner',
  'activities',
  'state',
  'fold',
  'cli',
  'picture',
  'workflows',
  'gateway',
  'client',
  'adapters/store',
  'adapters/bundles',
  'adapters/project-files',
];

/** The one table that says which option of a command means which kind. */
const table = 'activities/requests-of.ts';

const one = kindNames.map((name) => name.replaceAll('.', String.raw`\.`)).join('|');
const dotted = kindNames.filter((name) => name.includes('.')).map((name) => name.replaceAll('.', String.raw`\.`));

/** A kind compared with a name, a dotted kind or a reference to one written out, the folder of a kind imported. */
const naming = new RegExp(
  `kind\\w*\\)? [!=]== ['"](?:${one})['"]` +
    `|kind: ['"](?:${one})['"]` +
    `|['"\`](?:${dotted.join('|')})['"\`:]` +
    `|['"\`](?:${one}):\\$\\{` +
    `|resources/(?:${one})/`,
);

function filesIn(folder: string): string[] {
  return readdirSync(resolve(source, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => relative(source, resolve(entry.parentPath, entry.name)));
}

test('nothing but a kind knows its name', () => {
  const files = folders.flatMap(filesIn);
  expect(files.length).toBeGreaterThan(100);
  const found = files.flatMap((file) =>
    readFileSync(resolve(source, file), 'utf8')
      .split('\n')
      .flatMap((line, index) => (naming.test(line) ? [`${file}:${index + 1} ${line.trim()}`] : [])),
  );
  expect(found.filter((each) => !each.startsWith(table))).toEqual([]);
  expect(found.some((each) => each.startsWith(table))).toBe(true);
});

test.for([
  "each.kind === 'disk'",
  "kind !== 'libvirt.domain'",
  "return 'ovn.switch-port';",
  'ref: `disk:${name}`,',
  "import { seed } from '../resources/seed/kind.ts';",
])('and this names one: %s', (line) => {
  expect(naming.test(line)).toBe(true);
});
