import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';

import { describe, expect, test } from 'vitest';

import { type KindName, kindNames } from '../../src/model/kind.ts';
import { carriedTransports, type CarriedTransport, transports } from '../../src/model/transport/table.ts';
import { kinds } from '../../src/resources/registry.ts';

const root = resolve(import.meta.dirname, '../..');

/** Every source, with its text. */
const sources = readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
  .map((entry) => relative(root, join(entry.parentPath, entry.name)))
  .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));

/** Paths, or folders, and why a name is known there although it is none of its places. */
type Exceptions = Readonly<Record<string, string>>;

const kindsKnown: Exceptions = {
  'src/activities/requests-of.ts': 'two flags of `up` are about one kind each, and older than verbs',
};

const transportsKnown: Exceptions = {
  'src/activities/books.ts': 'what is done in a guest is wanted of it while it is there, so or not',
  'src/activities/status.ts': 'to be made a question to the table',
  'src/adapters/store/plan-rows.ts': 'to be made a question to the kind',
  'src/planner': 'to be made a question to the kind',
};

const places = {
  kind: (name: KindName): readonly string[] => [
    // Kinds name what they need by reference; that they never import one another is an arrow.
    'src/resources/',
    'src/compiler/',
    'src/model/kind.ts',
    'src/model/resources.ts',
    // Its own transport finds and lists it on a host.
    ...placesOfTransport(kinds.get(name)!.transport),
  ],
  transport: (name: CarriedTransport): readonly string[] => [
    ...placesOfTransport(name),
    'src/model/kind.ts',
    'src/model/transport/table.ts',
    'src/adapters/transports.ts',
    'src/adapters/sim/transports.ts',
    // What kinds of one transport share, and the kinds that are carried by it or ask it.
    'src/resources/shared/',
    ...[...kinds.values()]
      .filter(({ transport, asks }) => transport === name || asks.some((query) => query === name))
      .map(({ kind }) => `src/resources/${kind}/`),
  ],
};

function placesOfTransport(name: string): readonly string[] {
  return [`src/model/transport/${name}.ts`, `src/adapters/carriers/${name}/`, `src/adapters/sim/${name}/`];
}

/** Some names are words of every day, so what counts is where they stand as the name of a kind. */
function namesKind(text: string, name: KindName): boolean {
  const quoted = name.replaceAll('.', '\\.');
  const alone = name.includes('.') ? `['"\`]${quoted}['"\`:]` : `['"\`]${quoted}:`;
  return new RegExp(`${alone}|\\bkind(:| [!=]==) '${quoted}'|\\bkindOf\\('${quoted}'\\)|\\bgoals\\.${quoted}\\b`).test(
    text,
  );
}

function namesTransport(text: string, name: CarriedTransport): boolean {
  const types = 'OpOf|AnswerOf|Carrier|Query|RealTransport|SimulatedTransport|Effects';
  const said = [
    `\\b(transport\\w*|quer(y|ies))(\\.includes\\(|:| [!=]==) ?'${name}'`,
    `\\b(${types})<'${name}'`,
    `\\basks: \\[[^\\]]*'${name}'`,
    `\\b(carriers|answers)(\\??\\.${name}\\b|\\['${name}'\\])`,
  ];
  return new RegExp(said.join('|')).test(text);
}

const isIn = (path: string, known: readonly string[]): boolean =>
  known.some((each) => path === each || path.startsWith(each.endsWith('/') ? each : `${each}/`));

/** Where else a name is known, and which exceptions nobody needs. */
function strangers(
  hits: readonly { readonly path: string; readonly name: string; readonly known: readonly string[] }[],
  exceptions: Exceptions,
): { readonly unlisted: readonly string[]; readonly unused: readonly string[] } {
  const strange = hits.filter(({ path, known }) => !isIn(path, known));
  const listed = Object.keys(exceptions);
  return {
    unlisted: strange.filter(({ path }) => !isIn(path, listed)).map(({ path, name }) => `${path}: ${name}`),
    unused: listed.filter((each) => !strange.some(({ path }) => isIn(path, [each]))),
  };
}

const none = { unlisted: [], unused: [] };

describe('what a new kind or transport touches', () => {
  test('the name of a kind is known in its own places, and the exceptions are all needed', () => {
    const hits = sources.flatMap(({ path, text }) =>
      kindNames.filter((name) => namesKind(text, name)).map((name) => ({ path, name, known: places.kind(name) })),
    );
    expect(hits.length).toBeGreaterThan(kindNames.length);
    expect(strangers(hits, kindsKnown)).toEqual(none);
  });

  test('the name of a transport is known in its own places, and the exceptions are all needed', () => {
    const hits = sources.flatMap(({ path, text }) =>
      carriedTransports
        .filter((name) => namesTransport(text, name))
        .map((name) => ({ path, name, known: places.transport(name) })),
    );
    expect(hits.length).toBeGreaterThan(carriedTransports.length);
    expect(strangers(hits, transportsKnown)).toEqual(none);
  });

  test.each(carriedTransports)('the transport %s is where it is looked for', (name) => {
    const files = [
      `src/model/transport/${name}.ts`,
      ...['carriers', 'sim'].map((each) => `src/adapters/${each}/${name}/transport.ts`),
    ];
    expect(files.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  test('every folder of a transport has its line in the table', () => {
    const folders = ['carriers', 'sim'].flatMap((each) =>
      readdirSync(join(root, 'src/adapters', each), { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map(({ name }) => name),
    );
    expect(folders.filter((name) => !(name in transports))).toEqual([]);
  });
});

describe('what counts as a name', () => {
  test.each<[string, KindName, boolean]>([
    ["each.kind === 'disk'", 'disk', true],
    ['ref: `disk:${name}`', 'disk', true],
    ["kindOf('disk')", 'disk', true],
    ["the word 'disk' alone", 'disk', false],
    ["case 'ovn.switch':", 'ovn.switch', true],
    ["case 'ovn.switch-port':", 'ovn.switch', false],
  ])('%s', (text, name, isOne) => expect(namesKind(text, name)).toBe(isOne));

  test.each<[string, boolean]>([
    ["op.transport === 'files'", true],
    ["transport: 'files'", true],
    ["query !== 'files'", true],
    ["queries.includes('files')", true],
    ["asks: ['libvirt', 'files']", true],
    ["OpOf<'files'>", true],
    ['world.carriers.files.apply', true],
    ['answers.files?.records', true],
    ["limit === 'files'", false],
  ])('%s', (text, isOne) => expect(namesTransport(text, 'files')).toBe(isOne));
});
