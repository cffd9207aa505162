import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';

import { describe, expect, test } from 'vitest';

import { compileText, desiredText, planText } from './golden-text.ts';

const root = resolve(import.meta.dirname, '../..');
const golden = resolve(root, 'test/golden/states');

const fixtures = readdirSync(resolve(root, 'test/fixtures/projects'))
  .filter((name) => name.startsWith('valid-'))
  .map((name) => ({ name: basename(name, '.yaml'), path: resolve(root, 'test/fixtures/projects', name) }));

const examples = readdirSync(resolve(root, 'examples')).map((name) => ({
  name: `example-${name}`,
  path: resolve(root, 'examples', name, 'kvm-compose.yaml'),
}));

describe('a project comes to', () => {
  test.for([...fixtures, ...examples])('the desired state of $name', async ({ name, path }) => {
    const { diagnostics, desired } = compileText(readFileSync(path, 'utf8'));
    expect(diagnostics).toEqual([]);
    await expect(desiredText(desired!)).toMatchFileSnapshot(resolve(golden, `${name}.desired.txt`));
  });

  test.for(examples)('the plan of $name', async ({ name, path }) => {
    const { desired } = compileText(readFileSync(path, 'utf8'));
    await expect(planText(desired!)).toMatchFileSnapshot(resolve(golden, `${name}.plan.txt`));
  });
});

test.for(examples)('$name is there with every file it names', ({ path }) => {
  const text = readFileSync(path, 'utf8');
  const named = [...text.matchAll(/(?:context|script|setup_script|run_script|shared_setup|env_file): (\.\S+)/g)];
  const missing = named.map(([, file]) => resolve(path, '..', file!)).filter((file) => !existsSync(file));
  expect(missing).toEqual([]);
});
