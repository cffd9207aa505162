import { readdirSync, readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { runCli } from '../support/cli.ts';

const schemaFile = 'test/fixtures/sarif/sarif-2.1.0-rtm.5.json';
const fixtures = 'test/fixtures/projects';
/** One key is meant as something a draft later; nothing else in the schema is. */
const { id, $schema: _, ...schema } = JSON.parse(readFileSync(schemaFile, 'utf8')) as Record<string, unknown>;
const ajv = new Ajv({
  strict: false,
  unicodeRegExp: false,
  allErrors: true,
  formats: {
    uri: (text: string) => URL.canParse(text),
    'uri-reference': (text: string) =>
      /^[!#-;=?-[\]_a-z~%]*$/i.test(text) && URL.canParse(text, 'https://example.org/'),
    'date-time': (text: string) => !Number.isNaN(Date.parse(text)),
  },
});
const isSarif = ajv.compile({ $id: String(id), ...schema });

interface Sarif {
  readonly runs: readonly [
    {
      readonly tool: { readonly driver: { readonly rules: readonly { readonly id: string }[] } };
      readonly results: readonly {
        readonly ruleId: string;
        readonly ruleIndex: number;
        readonly locations?: unknown;
      }[];
    },
  ];
}

async function sarifOf(files: Readonly<Record<string, string>>): Promise<Sarif> {
  const { stdout } = await runCli(['validate', '--format', 'sarif'], { files, images: [] });
  return JSON.parse(stdout) as Sarif;
}

function expectSarif(log: unknown): void {
  isSarif(log);
  expect(isSarif.errors ?? []).toEqual([]);
}

describe('SARIF by its official schema', () => {
  const names = readdirSync(fixtures).filter((name) => /^(doubtful|invalid)-.*\.yaml$/.test(name));

  test.each(names)('is what is said about %s', async (name) => {
    const log = await sarifOf({ '/home/ann/lab/kvm-compose.yaml': readFileSync(`${fixtures}/${name}`, 'utf8') });
    expectSarif(log);
    const [{ results, tool }] = log.runs;
    expect(results.length).toBeGreaterThan(0);
    for (const { ruleId, ruleIndex } of results) expect(tool.driver.rules[ruleIndex]).toMatchObject({ id: ruleId });
  });

  test('is what is said about nothing', async () => {
    const project = 'machines: []\nnetwork: { ovn: {} }\n';
    expectSarif(await sarifOf({ '/home/ann/lab/kvm-compose.yaml': project }));
  });

  test('is what is said about an included file with a strange name', async () => {
    const name = `parts/my [own] ü%20.yaml`;
    const log = await sarifOf({
      '/home/ann/lab/kvm-compose.yaml': `include: ['${name}']\nnetwork: { ovn: {} }\n`,
      [`/home/ann/lab/${name}`]: 'machines: 7\n',
    });
    expectSarif(log);
    expect(JSON.stringify(log)).toContain('"uri":"parts/my%20%5Bown%5D%20%C3%BC%2520.yaml"');
  });

  test('is refused by this test where it is wrong', () => {
    const result = { ruleId: 'a', message: {} };
    expect(isSarif({ version: '2.1.0', runs: [{ tool: { driver: { name: 'x' } }, results: [result] }] })).toBe(false);
  });
});
