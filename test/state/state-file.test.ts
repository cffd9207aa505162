import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Failure } from '../../src/model/failure.ts';
import type { Resource } from '../../src/model/resources.ts';
import { parseExactJson } from '../../src/state/exact-json.ts';
import { decodeState, encodeState, type State, stateFileName } from '../../src/state/state-file.ts';
import { compileText } from '../compiler/golden-text.ts';
import { laboratory } from '../support/goals.ts';

const root = resolve(import.meta.dirname, '../..');
const examples = readdirSync(resolve(root, 'examples'));
const original = readFileSync(resolve(root, 'test/fixtures/original-state.json'), 'utf8');

function stateOf(example: string): State {
  const text = readFileSync(resolve(root, 'examples', example, 'kvm-compose.yaml'), 'utf8');
  const { desired, placement } = compileText(text);
  return { deployment: 'lab', placement: placement!, resources: desired! };
}

describe('the state file', () => {
  test.each(examples)('of %s gives back what was written', (example) => {
    const state = stateOf(example);
    expect(decodeState(encodeState(state), 'lab-state.json')).toEqual({ form: 'ours', ...state });
  });

  test('of every kind of resource gives back what was written', () => {
    const state = { deployment: 'lab', placement: { web: 'h2' }, resources: laboratory };
    expect(decodeState(encodeState(state), 'lab-state.json')).toEqual({ form: 'ours', ...state });
  });

  test('is the same text in whatever order the state was made', () => {
    const state = stateOf('routed');
    const shuffled: State = {
      ...state,
      placement: Object.fromEntries(Object.entries(state.placement).reverse()),
      resources: state.resources.map(
        (each) => Object.fromEntries(Object.entries(each).reverse()) as unknown as Resource,
      ),
    };
    expect(encodeState(shuffled)).toBe(encodeState(state));
  });

  test('is named like the original’s', () => {
    expect(stateFileName('lab')).toBe('lab-state.json');
  });

  test('reads so', () => {
    const [first] = laboratory.filter(({ kind }) => kind === 'ovn.switch-port');
    expect(encodeState({ deployment: 'lab', placement: { web: 'h2', db: 'main' }, resources: [first!] }))
      .toMatchInlineSnapshot(`
        "{
          "version": 1,
          "deployment": "lab",
          "placement": {
            "db": "main",
            "web": "h2"
          },
          "resources": [
            {
              "kind": "ovn.switch-port",
              "name": "lab-lan-web-0",
              "host": "main",
              "guest": "web",
              "addresses": [
                "52:54:00:aa:bb:01 10.0.0.11"
              ],
              "dhcp": "lab-lan",
              "switch": "lab-lan",
              "type": "guest"
            }
          ]
        }
        "
      `);
  });
});

describe("the original's state file", () => {
  const decoded = decodeState(original, 'lab-state.json');

  test('tells where guests are', () => {
    expect(decoded).toMatchObject({ form: 'original', deployment: 'lab', placement: { db: 'main', web: 'h2' } });
  });

  test('keeps guests where they are', () => {
    const text = readFileSync(resolve(root, 'test/fixtures/projects/valid-minimal.yaml'), 'utf8');
    expect(compileText(text).placement).toEqual({ web: 'main' });
    expect(compileText(text, { placement: decoded.placement }).placement).toEqual({ web: 'h2' });
  });

  test('loses no digit of a 64-bit number', () => {
    const document = JSON.stringify(decoded, (_key, value: unknown) =>
      typeof value === 'bigint' ? `${value}n` : value,
    );
    expect(document).toContain('"dhcp_options_uuid":"5966523871203739081n"');
    expect(document).toContain('"as_bytes":2199023255562');
  });
});

describe('a state file that cannot be read', () => {
  test.each([
    ['cut short', '{"version": 1,', 'is not JSON'],
    ['with marks of a merge', '<<<<<<< HEAD\n{}', 'is not JSON'],
    ['of something else', '{"name": "x"}', 'no state file'],
    ['of a later version', '{"version": 2}', 'version 2'],
    ['with guests on no host', '{"version":1,"deployment":"lab","placement":{"web":7},"resources":[]}', 'placement'],
    ['with things unknown', '{"version":1,"deployment":"lab","placement":{},"resources":[{"kind":"x"}]}', 'resources'],
    ['that is a list', '[]', 'no state file'],
  ])('%s is refused, and said why', (_name, text, why) => {
    expect(() => decodeState(text, 'lab-state.json')).toThrow(Failure);
    expect(() => decodeState(text, 'lab-state.json')).toThrow(why);
  });
});

describe('JSON with long numbers', () => {
  test('is read as JSON is, where numbers are short', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value);
        fc.pre(!/\d{16,}/.test(text));
        expect(parseExactJson(text)).toEqual(JSON.parse(text));
      }),
    );
  });

  test('keeps every digit of a long one, and strings that look like one', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 64n), max: 2n ** 64n }), fc.string(), (number, text) => {
        const [read, string] = parseExactJson(`[${number}, ${JSON.stringify(`${text}${number}`)}]`) as unknown[];
        expect(BigInt(read as bigint)).toBe(number);
        expect(string).toBe(`${text}${number}`);
      }),
    );
  });
});
