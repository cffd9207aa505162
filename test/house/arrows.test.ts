import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { arrows } from '../../config/arrows.mjs';

const root = resolve(import.meta.dirname, '../..');

/** A tiny tree: what each file holds, and the rule it must break ('' = none). */
const planted: Record<string, readonly [source: string, rule: string]> = {
  'src/model/ref.ts': ["import { createHash } from 'node:crypto';\nexport const ref = createHash;", ''],
  'src/model/reads-a-file.ts': [
    "import { readFileSync } from 'node:fs';\nexport const a = readFileSync;",
    'model-node',
  ],
  'src/planner/walk.ts': ["import { ref } from '../model/ref.ts';\nexport const walk = ref;", ''],
  'src/planner/plan.ts': ['export interface Plan { a: 1 }\nexport const plan = 1;', ''],
  'src/planner/asks-a-kind.ts': [
    "import { disk } from '../resources/disk/kind.ts';\nexport const a = disk;",
    'planner-imports',
  ],
  'src/resources/contract.ts': ['export const contract = 1;', ''],
  'src/resources/disk/kind.ts': ["import { contract } from '../contract.ts';\nexport const disk = contract;", ''],
  'src/resources/seed/kind.ts': [
    "import { disk } from '../disk/kind.ts';\nexport const seed = disk;",
    'kind-imports-kind',
  ],
  'src/resources/registry.ts': ["import { disk } from './disk/kind.ts';\nexport const all = [disk];", ''],
  'src/resources/helper.ts': [
    "import { disk } from './disk/kind.ts';\nexport const a = disk;",
    'only-the-registry-lists-kinds',
  ],
  'src/adapters/runner.ts': ["import { spawn } from 'node:child_process';\nexport const run = spawn;", ''],
  'src/adapters/transports.ts': ["import { ovn } from './carriers/ovn/transport.ts';\nexport const all = [ovn];", ''],
  'src/adapters/carriers/ovn/transport.ts': ['export const ovn = 1;', ''],
  'src/adapters/carriers/libvirt/leans.ts': [
    "import { ovn } from '../ovn/transport.ts';\nexport const a = ovn;",
    'transport-imports-transport',
  ],
  'src/adapters/carriers/all-of-them.ts': [
    "import { ovn } from './ovn/transport.ts';\nexport const a = ovn;",
    'only-the-registrations-list-transports',
  ],
  'src/adapters/sim/libvirt/state.ts': ['export const state = 1;', ''],
  'src/adapters/sim/libvirt/effects.ts': ['export const effects = 1;', ''],
  'src/adapters/sim/files/sees.ts': ["import { state } from '../libvirt/state.ts';\nexport const a = state;", ''],
  'src/adapters/sim/files/acts.ts': [
    "import { effects } from '../libvirt/effects.ts';\nexport const a = effects;",
    'transport-imports-transport',
  ],
  'src/activities/all.ts': ['export interface All { a: 1 }\nexport const all = 1;', ''],
  'src/workflows/up.ts': [
    "import type { All } from '../activities/all.ts';\nimport { walk } from '../planner/walk.ts';\nexport const up: All = { a: walk as never };",
    '',
  ],
  'src/workflows/runs.ts': ["import { run } from '../adapters/runner.ts';\nexport const a = run;", 'workflows-imports'],
  'src/workflows/mixes.ts': [
    "import { type All, all } from '../activities/all.ts';\nexport const a: All = all as never;",
    'workflows-imports',
  ],
  'src/workflows/plans.ts': ["import { plan } from '../planner/plan.ts';\nexport const a = plan;", 'workflows-imports'],
  'src/ports/files.ts': ["import { ref } from '../model/ref.ts';\nexport const a = ref;", 'ports-imports'],
  'src/cli/spawns.ts': [
    "import { spawn } from 'node:child_process';\nexport const a = spawn;",
    'world-only-at-the-edge',
  ],
  'src/cli/connects.ts': ["import { Client } from 'ssh2';\nexport const a = Client;", 'cli-packages'],
  'src/cli/adapts.ts': ["import type { run } from '../adapters/runner.ts';\nexport type A = typeof run;", 'cli-types'],
  'src/api/status.ts': ['export interface Status { a: 1 }\nexport const status = 1;', ''],
  'src/cli/shows.ts': ["import type { Status } from '../api/status.ts';\nexport type A = Status;", ''],
  'src/cli/loads-schemas.ts': ["import { status } from '../api/status.ts';\nexport const a = status;", 'cli-imports'],
  'src/gateway/session.ts': ["import { status } from '../api/status.ts';\nexport const session = status;", ''],
  'src/gateway/protocol/client.ts': ["import { status } from '../../api/status.ts';\nexport const a = status;", ''],
  'src/api/knows-sockets.ts': [
    "import { session } from '../gateway/session.ts';\nexport const a = session;",
    'api-imports',
  ],
  'src/fold/knows-frames.ts': [
    "import type { Status } from '../api/status.ts';\nexport type A = Status;",
    'fold-types',
  ],
  'src/model/one.ts': ["import { two } from './two.ts';\nexport const one = () => two;", 'no-cycles'],
  // A cycle is reported once, where it is met first.
  'src/model/two.ts': ["import { one } from './one.ts';\nexport const two = () => one;", ''],
  'src/attic/thing.ts': ["import { ref } from '../model/ref.ts';\nexport const a = ref;", 'folder-without-arrow'],
  'src/spec/lost.ts': ["import { a } from './nowhere.ts';\nexport const b = a;", 'resolvable'],
  'node_modules/ssh2/index.js': ['exports.Client = class {};', ''],
};

interface Violation {
  readonly from: string;
  readonly rule: { readonly name: string };
}

/** Runs the tool with the project's own rules on a folder and gives the broken rules of each file. */
function broken(folder: string): Map<string, string[]> {
  const tool = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const args = [tool, '--config', join(root, 'config/dependency-cruiser.mjs'), '--output-type', 'json', 'src'];
  const out = execFileSync(process.execPath, args, { cwd: folder, encoding: 'utf8', maxBuffer: 2 ** 26 });
  const { violations } = (JSON.parse(out) as { summary: { violations: Violation[] } }).summary;
  const byFile = new Map<string, string[]>();
  for (const { from, rule } of violations) byFile.set(from, [...(byFile.get(from) ?? []), rule.name]);
  return byFile;
}

describe('arrows', () => {
  const folder = mkdtempSync(join(tmpdir(), 'arrows-'));
  let found = new Map<string, string[]>();

  beforeAll(() => {
    for (const [path, [source]] of Object.entries(planted)) {
      mkdirSync(join(folder, dirname(path)), { recursive: true });
      writeFileSync(join(folder, path), `${source}\n`);
    }
    found = broken(folder);
  }, 30_000);
  afterAll(() => rmSync(folder, { recursive: true }));

  for (const [path, [, rule]] of Object.entries(planted)) {
    if (rule === '') test(`${path} is fine`, () => expect(found.get(path) ?? []).toEqual([]));
    else test(`${path} breaks ${rule}`, () => expect(found.get(path) ?? []).toContain(rule));
  }

  test('every folder of src has a row, and every row a reason', () => {
    const folders = readdirSync(join(root, 'src'), { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(folders.map((entry) => entry.name).filter((name) => !(name in arrows))).toEqual([]);
    expect(Object.values(arrows).every(({ why }) => why.length > 20)).toBe(true);
  });
});
