import { describe, expect, test } from 'vitest';

import { parseDotenv } from '../../src/spec/dotenv.ts';
import { parseProject } from '../../src/spec/parse-project.ts';
import { variablesOf } from '../../src/spec/variables.ts';

describe('the variables of a file', () => {
  test('are those its values refer to, each once', () => {
    const text = 'a: ${B} ${A:-x}\n# ${COMMENT}\nb: "${A} $${ESCAPED} $PLAIN ${PWD}"\n${KEY}: ${NEEDED:?say so}\n';
    expect(variablesOf(text)).toEqual(['A', 'B', 'KEY', 'NEEDED']);
  });

  test('of a broken file are none', () => {
    expect(variablesOf('a: [${A}')).toEqual([]);
  });

  test('are filled in, also in numbers', () => {
    const text = `machines:
  - name: web
    network: [{ switch: lan }]
    libvirt:
      cpus: \${CPUS}
      memory_mb: \${MEMORY:-64}
      libvirt_type: { cloud_image: { name: "\${IMAGE:-tiny}" } }
network: { ovn: { switches: { lan: { subnet: 10.0.0.0/24 } } } }
`;
    const { testbed } = parseProject(text, { file: 'f', deployment: 'lab', environment: { CPUS: '3' } });
    expect(testbed!.machines[0]!.libvirt).toMatchObject({ cpus: 3, libvirt_type: { cloud_image: { name: 'tiny' } } });
  });
});

describe('a .env file', () => {
  test.each([
    ['A=1', { A: '1' }],
    ['export A=1', { A: '1' }],
    [' A = b c # comment', { A: 'b c' }],
    ['A=b#c', { A: 'b#c' }],
    ['A=', { A: '' }],
    ["A='$B \\n' # comment", { A: '$B \\n' }],
    ['A="b\\n\\"c\\""', { A: 'b\n"c"' }],
    ['# A=1\n\nB=2\r\nC=3', { B: '2', C: '3' }],
  ])('with %j sets %j', (text, environment) => {
    expect(parseDotenv(text, '.env')).toEqual({ environment, diagnostics: [] });
  });

  test.each(['A', '1A=2', 'A="b', "A='b"])('with %j is warned about, with its place', (text) => {
    const { environment, diagnostics } = parseDotenv(`# first\n${text}\n`, '.env');
    expect(environment).toEqual({});
    expect(diagnostics).toMatchObject([{ code: 'dotenv-syntax', position: { file: '.env', line: 2, column: 1 } }]);
  });
});
