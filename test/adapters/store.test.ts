import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openStore } from '../../src/adapters/store/file-store.ts';
import type { Batch, Plan } from '../../src/model/plan.ts';

let home: string;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'kc-store-'));
});

afterEach(() => rm(home, { recursive: true, force: true }));

const batch = (id: string): Batch => ({
  id,
  host: 'main',
  target: {
    name: 'main',
    connection: 'local',
    address: '127.0.0.1',
    port: 22,
    user: 'root',
    accelerator: 'auto',
  },
  transport: 'files',
  stage: 'folders',
  summary: id,
  items: [],
  after: [],
});

const plan = (...ids: string[]): Plan => ({
  deployment: 'lab',
  stages: [],
  batches: ids.map(batch),
  summary: { create: 1, change: 0, delete: 0, run: 0 },
});

const run = {
  run: 'r1',
  deployment: 'lab',
  command: 'up',
  by: 'me',
  startedAt: '2030-01-02',
  status: 'running',
} as const;

describe('the store', () => {
  test('gives a plan back whole and batch by batch', async () => {
    const store = await openStore(home);
    const reference = await store.putPlan(plan('files.main.0', 'libvirt.main.0'));
    expect(await store.getPlan(reference)).toEqual(plan('files.main.0', 'libvirt.main.0'));
    expect(await store.getBatch(reference, 'libvirt.main.0')).toEqual(batch('libvirt.main.0'));
  });

  test('keeps the same plan once, even when it is stored many times at once', async () => {
    const store = await openStore(home);
    const references = await Promise.all(Array.from({ length: 20 }, () => store.putPlan(plan('a', 'b'))));
    expect(new Set(references).size).toBe(1);
    expect(await readdir(join(home, 'plans'))).toEqual([references[0]]);
  });

  test('keeps batches whose names are no file names', async () => {
    const store = await openStore(home);
    const reference = await store.putPlan(plan('../x', '.hidden', 'ü/0'));
    expect((await store.getPlan(reference)).batches.map((each) => each.id)).toEqual(['../x', '.hidden', 'ü/0']);
  });

  test('says so when a plan is not there', async () => {
    const store = await openStore(home);
    await expect(store.getBatch('0123', 'a')).rejects.toMatchObject({ data: { code: 'file-missing' } });
  });

  test('has one installation id for all who open it at once', async () => {
    const stores = await Promise.all(Array.from({ length: 20 }, () => openStore(home)));
    expect(new Set(stores.map((store) => store.installation)).size).toBe(1);
    expect(stores[0]!.installation).toMatch(/^[0-9a-f]{8}$/);
  });

  test('lists runs from the oldest, by deployment', async () => {
    const store = await openStore(home);
    await store.putRun(run);
    await store.putRun({ ...run, run: 'r0', startedAt: '2030-01-01' });
    await store.putRun({ ...run, run: 'x', deployment: 'other' });
    await store.putRun({ ...run, status: 'completed' });
    expect((await store.runs('lab')).map(({ run: id, status }) => [id, status])).toEqual([
      ['r0', 'running'],
      ['r1', 'completed'],
    ]);
    expect(await store.runs()).toHaveLength(3);
  });

  test('overlooks a file that was never finished', async () => {
    const store = await openStore(home);
    await store.putRun(run);
    await writeFile(join(home, 'runs/.new-1-abc'), '{"run": "half');
    expect(await store.runs()).toEqual([run]);
  });

  test('names the file that is damaged', async () => {
    const store = await openStore(home);
    await store.putDeployment({ name: 'lab', folder: '/x', file: 'f', hosts: [], placement: {}, status: 'up' });
    await writeFile(join(home, 'deployments/lab.json'), '{"name":');
    await expect(store.deployment('lab')).rejects.toMatchObject({
      data: { code: 'file-unreadable', object: join(home, 'deployments/lab.json') },
    });
  });

  test('forgets a removed deployment, and removing it again is nothing', async () => {
    const store = await openStore(home);
    await store.putDeployment({ name: 'lab', folder: '/x', file: 'f', hosts: [], placement: {}, status: 'up' });
    await store.removeDeployment('lab');
    await store.removeDeployment('lab');
    expect(await store.deployment('lab')).toBeUndefined();
    expect(await store.deployments()).toEqual([]);
  });
});
