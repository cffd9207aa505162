import { readFileSync } from 'node:fs';

import { describe, expect, test } from 'vitest';

import { compile } from '../../src/compiler/compile.ts';
import { noFacts } from '../../src/compiler/facts.ts';
import { refOf } from '../../src/model/ref.ts';
import { localInventory } from '../../src/spec/inventory.ts';
import { parseProject } from '../../src/spec/parse-project.ts';

const text = readFileSync('examples/hello/kvm-compose.yaml', 'utf8');

describe('examples/hello', () => {
  const { testbed, diagnostics } = parseProject(text, { file: 'kvm-compose.yaml', deployment: 'hello' });

  test('is read without a finding', () => {
    expect(diagnostics).toEqual([]);
  });

  test('is spread over two hosts', () => {
    const hosts = [...localInventory.hosts, { ...localInventory.hosts[0]!, name: 'h2' }];
    const { placement, diagnostics: found, desired } = compile(testbed!, { main: 'main', hosts }, noFacts);
    expect(found).toEqual([]);
    expect(placement).toEqual({ web: 'main', db: 'h2', client: 'main' });
    expect(desired.map(refOf)).toMatchSnapshot();
  });
});
