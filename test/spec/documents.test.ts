import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';

import { Ajv2020 } from 'ajv/dist/2020.js';
import { CORE_SCHEMA, load, mergeTag } from 'js-yaml';
import { describe, expect, test } from 'vitest';

import { diagnosticCodes } from '../../src/messages/diagnostic-codes.ts';
import { projectSchema } from '../../src/spec/project-shape.ts';

const root = resolve(import.meta.dirname, '../..');
const messages = resolve(root, 'test/golden/messages');
const texts = readdirSync(messages).map((name) => readFileSync(resolve(messages, name), 'utf8'));

/** What is said with a code, where it is said in the fewest words. */
function exampleOf(code: string): string | undefined {
  return texts
    .flatMap((text) => text.split('\n\n'))
    .filter((text) => text.split('\n')[0]!.endsWith(`[${code}]`))
    .sort((a, b) => a.length - b.length)[0]
    ?.trim();
}

/** Codes whose files are too large to keep, are not project files, are about the machines there are, or are of the hosts file. */
const elsewhere = ['yaml-too-large', 'dotenv-syntax', 'host-memory', 'file-missing', 'no-hosts', 'no-main'];

test('every code is documented with an example', async () => {
  const sections = Object.entries(diagnosticCodes).map(([code, about]) => {
    const example = exampleOf(code);
    if (!elsewhere.includes(code)) expect(example, `a fixture for ${code}`).toBeDefined();
    return `## ${code}\n\n${about}\n${example === undefined ? '' : `\n\`\`\`text\n${example}\n\`\`\`\n`}`;
  });
  const head = `# What is said about a project

Severities: **error** stops everything; **warning** is doubtful and becomes an error with \`--strict\`; **preflight**
depends on hosts and files, so it is a warning for \`validate\` and \`plan --offline\`, and an error for \`up\`.
`;
  await expect([head, ...sections].join('\n')).toMatchFileSnapshot(resolve(root, 'docs/diagnostics.md'));
});

test('the JSON schema for editors is fresh', async () => {
  await expect(`${JSON.stringify(projectSchema, undefined, 2)}\n`).toMatchFileSnapshot(
    resolve(root, 'schemas/kvm-compose.json'),
  );
});

describe('the JSON schema', () => {
  const accepts = new Ajv2020({ allowUnionTypes: true }).compile(projectSchema);
  const read = (path: string): unknown => load(readFileSync(path, 'utf8'), { schema: CORE_SCHEMA.withTags(mergeTag) });
  const fixture = (name: string): string => resolve(root, 'test/fixtures/projects', `${name}.yaml`);

  test('accepts every example', () => {
    const refused = readdirSync(resolve(root, 'examples')).filter(
      (name) => !accepts(read(resolve(root, 'examples', name, 'kvm-compose.yaml'))),
    );
    expect(refused).toEqual([]);
  });

  test.each([
    'missing-network',
    'empty-network',
    'no-kind',
    'two-kinds',
    'cpus-zero',
    'acl-unknown-action',
    'name-with-slash',
  ])('refuses %s', (name) => {
    expect(accepts(read(fixture(`invalid-${name}`)))).toBe(false);
  });

  test('refuses keys nobody knows', () => {
    expect(accepts(read(fixture('doubtful-unknown-key')))).toBe(false);
  });
});
