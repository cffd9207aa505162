import { execFileSync, spawn } from 'node:child_process';
import {
  appendFileSync,
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { DatabaseSync } from '@photostructure/sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { failureOf } from '../../../src/model/failure.ts';
import { openStore } from '../../../src/adapters/store/sqlite-store.ts';
import { batch, planOf } from '../../support/plans.ts';
import { forgettingContract, run, storeContract, type StoreUnderTest } from './contract.ts';

let home: string;
const undo: (() => void | Promise<void>)[] = [];

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'kc-store-'));
});
afterEach(async () => {
  for (const each of undo.splice(0).reverse()) await each();
  await rm(home, { recursive: true, force: true });
});

const file = (): string => join(home, 'store.db');

/** Opens the home's store for the length of the test. */
async function opened(): Promise<Awaited<ReturnType<typeof openStore>>> {
  const store = await openStore(home);
  undo.push(() => store.close());
  return store;
}

async function freshStore(): Promise<StoreUnderTest<Awaited<ReturnType<typeof openStore>>>> {
  const folder = await mkdtemp(join(tmpdir(), 'kc-store-'));
  return { open: () => openStore(folder), remove: () => rm(folder, { recursive: true, force: true }) };
}

storeContract('an SQLite store', freshStore);

forgettingContract('an SQLite store', freshStore);

describe('an SQLite store and its file', () => {
  test('can be read by nobody else', async () => {
    const store = await opened();
    await store.putRun(run);
    const modes = readdirSync(home).map((name) => statSync(join(home, name)).mode & 0o777);
    expect(new Set(modes)).toEqual(new Set([0o600]));
  });

  test('refuses what a newer program wrote, and leaves it alone', async () => {
    await (await openStore(home)).close();
    const database = new DatabaseSync(file());
    database.exec('UPDATE schema_version SET version = 99');
    database.close();
    await expect(openStore(home)).rejects.toMatchObject({ data: { code: 'store-version', class: 'permanent' } });
  });

  test('waits for another process that writes', async () => {
    const store = await opened();
    const script = `
      import { DatabaseSync } from '@photostructure/sqlite';
      const database = new DatabaseSync('${file()}');
      database.exec('BEGIN IMMEDIATE');
      console.log('held');
      setTimeout(() => database.exec('COMMIT'), 300);
    `;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    undo.push(() => void child.kill('SIGKILL'));
    await new Promise((held) => child.stdout.once('data', held));
    await store.putRun(run);
    expect(await store.runs()).toEqual([run]);
  });

  test('holds every plan it answered for, whole, when its writer is killed in the middle of the next', async () => {
    const store = await opened();
    const script = `
      import { openStore } from '${resolve('src/adapters/store/sqlite-store.ts')}';
      import { batch, planOf } from '${resolve('test/support/plans.ts')}';
      const store = await openStore('${home}');
      for (let n = 0; ; n += 1) {
        const batches = Array.from({ length: 200 }, (_, i) => batch(String(i), 'x'.repeat(1000) + n));
        process.stdout.write((await store.putPlan(planOf(...batches))) + '\\n');
        await new Promise((done) => setImmediate(done));
      }
    `;
    const args = ['--import', 'tsx', '--input-type=module', '-e', script];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    undo.push(() => void child.kill('SIGKILL'));
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
    await expect.poll(() => said.split('\n').length, { timeout: 9000 }).toBeGreaterThan(5);
    child.kill('SIGKILL');
    await new Promise((ended) => child.once('close', ended));
    const references = said.split('\n').slice(0, -1);
    for (const reference of references) expect((await store.getPlan(reference)).batches).toHaveLength(200);
    const database = new DatabaseSync(file());
    undo.push(() => database.close());
    expect(database.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' });
    const halves =
      'SELECT plan FROM batches GROUP BY plan HAVING count(*) <> 200 OR plan NOT IN (SELECT hash FROM plans)';
    expect(database.prepare(halves).all()).toEqual([]);
    await store.putRun(run);
  }, 20_000);
});

describe('an SQLite store whose file is damaged', () => {
  /** A store with something in it, closed, whose file is then changed. */
  async function damaged(change: (content: Buffer) => Buffer | string): Promise<void> {
    const store = await openStore(home);
    await store.putPlan(planOf(...Array.from({ length: 50 }, (_, n) => batch(`${n}`, 'x'.repeat(2000)))));
    await store.putRun(run);
    await store.close();
    const content = readFileSync(file());
    for (const name of readdirSync(home)) if (name.startsWith('store.db')) rmSync(join(home, name));
    writeFileSync(file(), change(content));
  }
  /** What comes of opening it and reading all of it. */
  async function reading(): Promise<unknown> {
    const store = await openStore(home);
    try {
      const reference = await store.putPlan(
        planOf(...Array.from({ length: 50 }, (_, n) => batch(`${n}`, 'x'.repeat(2000)))),
      );
      return await store.getPlan(reference);
    } finally {
      await store.close();
    }
  }
  const shows: Record<string, (content: Buffer) => Buffer | string> = {
    'another file lies there': () => 'no database, but text. '.repeat(500),
    'its end is missing': (content) => content.subarray(0, 6000),
    'its pages were written over': (content) => content.fill(0x5a, 4096),
    'its header was written over': (content) => content.fill(0, 0, 100),
  };

  for (const [what, change] of Object.entries(shows)) {
    test(`says so when ${what}, and what to do`, async () => {
      await damaged(change);
      const failure = failureOf(await reading().catch((error: unknown) => error));
      expect(failure).toMatchObject({ code: 'store-corrupt', class: 'permanent', object: file() });
      expect(failure.hint).toContain('gc');
    });
  }

  test('works again when the file was moved aside, for the same installation', async () => {
    const before = await openStore(home);
    await before.close();
    await damaged(() => 'x'.repeat(10_000));
    for (const name of readdirSync(home)) if (name.startsWith('store.db')) rmSync(join(home, name));
    const store = await opened();
    expect(store.installation).toBe(before.installation);
    await store.putRun(run);
    expect(await store.runs()).toEqual([run]);
  });
});

describe('an SQLite store on a full disk', () => {
  const mounted = ((): boolean => process.getuid?.() === 0)();

  /** Mounts a very small file system as the home. */
  function smallDisk(): void {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', home]);
    undo.push(() => void execFileSync('umount', ['-l', home]));
  }
  /** Takes all the space that is left; the result gives it back. */
  function fill(): () => void {
    const path = join(home, 'filler');
    const handle = openSync(path, 'a');
    try {
      for (;;) writeSync(handle, Buffer.alloc(4096, 1));
    } catch {
      closeSync(handle);
      return () => rmSync(path);
    }
  }
  const large = planOf(...Array.from({ length: 100 }, (_, n) => batch(`${n}`, 'y'.repeat(10_000))));

  test.skipIf(!mounted)(
    'has nothing of what did not fit, keeps the rest, and goes on when there is space',
    async () => {
      smallDisk();
      const store = await opened();
      await store.putRun(run);
      const freeAgain = fill();
      const failure = failureOf(await store.putPlan(large).catch((error: unknown) => error));
      expect(failure).toMatchObject({ code: 'store-full', class: 'transient', object: file() });
      expect(failure.hint).toContain('free space');
      expect(await store.runs()).toEqual([run]);
      freeAgain();
      const small = planOf(...large.batches.slice(0, 10));
      expect(await store.getPlan(await store.putPlan(small))).toEqual(small);
      await store.putRun({ ...run, status: 'completed' });
      expect((await store.runs()).map(({ status }) => status)).toEqual(['completed']);
      const database = new DatabaseSync(file());
      undo.push(() => database.close());
      expect(database.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' });
      expect(database.prepare('SELECT count(*) AS n FROM batches').get()).toEqual({ n: 10 });
    },
  );

  test.skipIf(!mounted)('says so when it cannot even be made, and can be made when there is space', async () => {
    smallDisk();
    mkdirSync(home, { recursive: true });
    appendFileSync(join(home, 'installation'), '0123abcd\n');
    const freeAgain = fill();
    await expect(openStore(home)).rejects.toMatchObject({ data: { code: 'store-full' } });
    freeAgain();
    const store = await opened();
    await store.putRun(run);
    expect(await store.runs()).toEqual([run]);
  });

  if (!mounted) console.log('skipped: a full disk is a small file system of its own, and mounting one needs root');
});
