import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';

import type { DeploymentRecord, Forgetful, RunRecord, Store } from '../../../src/ports/store.ts';
import { batch, planOf } from '../../support/plans.ts';

/** One memory that may be opened several times, as several processes do. */
export interface StoreUnderTest<Kept extends Store = Store> {
  open(): Promise<Kept>;
  /** Forgets all of it. */
  remove(): Promise<void>;
}

/** A run's record. */
export const run: RunRecord = {
  run: 'r1',
  deployment: 'lab',
  command: 'up',
  by: 'me',
  startedAt: '2030-01-02',
  status: 'running',
};

const lab: DeploymentRecord = {
  name: 'lab',
  folder: '/x',
  file: 'f',
  hosts: ['main'],
  placement: { web: 'main' },
  status: 'up',
};

const failsWith = (code: string): object => ({ data: { code } });

/** What every store promises, whatever it is made of. */
export function storeContract(name: string, prepare: () => Promise<StoreUnderTest>): void {
  let under: StoreUnderTest;
  let store: Store;
  const opened: Store[] = [];
  const open = async (): Promise<Store> => {
    const one = await under.open();
    opened.push(one);
    return one;
  };

  beforeEach(async () => {
    under = await prepare();
    store = await open();
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((each) => each.close()));
    await under.remove();
  });

  describe(`${name}: plans`, () => {
    test('come back whole and batch by batch', async () => {
      const plan = planOf(
        batch('libvirt.main.0'),
        batch('files.main.0'),
        batch('../ü/0', 'a \u0000 and a \ud83d\ude00'),
      );
      const reference = await store.putPlan(plan);
      expect(await store.getPlan(reference)).toEqual(plan);
      expect(await store.getBatch(reference, '../ü/0')).toEqual(plan.batches[2]);
    });

    test('are named by their content', async () => {
      const [one, same, other] = [planOf(batch('a')), planOf(batch('a')), planOf(batch('a', 'other'))];
      expect(await store.putPlan(one)).toBe(await store.putPlan(same));
      expect(await store.putPlan(one)).not.toBe(await store.putPlan(other));
    });

    test('are kept once when the same one is stored many times at once', async () => {
      const stores = await Promise.all(Array.from({ length: 4 }, open));
      const references = await Promise.all(
        Array.from({ length: 20 }, (_, n) => stores[n % stores.length]!.putPlan(planOf(batch('a'), batch('b')))),
      );
      expect(new Set(references).size).toBe(1);
      expect(await store.getPlan(references[0]!)).toEqual(planOf(batch('a'), batch('b')));
    });

    test('that hold nothing are plans too', async () => {
      expect(await store.getPlan(await store.putPlan(planOf()))).toEqual(planOf());
    });

    test('that are not there are said to be missing', async () => {
      const reference = await store.putPlan(planOf(batch('a')));
      await expect(store.getPlan('0123')).rejects.toMatchObject(failsWith('file-missing'));
      await expect(store.getBatch('0123', 'a')).rejects.toMatchObject(failsWith('file-missing'));
      await expect(store.getBatch(reference, 'b')).rejects.toMatchObject(failsWith('file-missing'));
    });
  });

  describe(`${name}: runs`, () => {
    test('are listed from the oldest, by deployment', async () => {
      await store.putRun(run);
      await store.putRun({ ...run, run: 'r0', startedAt: '2030-01-01' });
      await store.putRun({ ...run, run: 'R2' });
      await store.putRun({ ...run, run: 'x', deployment: 'other' });
      await store.putRun({ ...run, status: 'completed', endedAt: '2030-01-03', summary: 'done' });
      expect((await store.runs('lab')).map((each) => [each.run, each.status])).toEqual([
        ['r0', 'running'],
        ['R2', 'running'],
        ['r1', 'completed'],
      ]);
      expect(await store.runs()).toHaveLength(4);
      expect((await store.runs('lab')).at(-1)).toEqual({
        ...run,
        status: 'completed',
        endedAt: '2030-01-03',
        summary: 'done',
      });
      expect(await store.runs('nobody')).toEqual([]);
    });
  });

  describe(`${name}: deployments`, () => {
    test('are remembered as they were last written', async () => {
      await store.putDeployment({ ...lab, status: 'up running' });
      await store.putDeployment(lab);
      await store.putDeployment({ ...lab, name: 'a/b' });
      expect(await store.deployment('lab')).toEqual(lab);
      expect((await store.deployments()).map((each) => each.name)).toEqual(['a/b', 'lab']);
    });

    test('are forgotten when removed, and removing them again is nothing', async () => {
      await store.putDeployment(lab);
      await store.removeDeployment('lab');
      await store.removeDeployment('lab');
      expect(await store.deployment('lab')).toBeUndefined();
      expect(await store.deployments()).toEqual([]);
    });
  });

  describe(`${name}: opened several times`, () => {
    test('has one installation id for all who open it at once', async () => {
      const stores = await Promise.all(Array.from({ length: 10 }, open));
      expect(new Set([store, ...stores].map((each) => each.installation)).size).toBe(1);
      expect(store.installation).toMatch(/^[0-9a-f]{8}$/);
    });

    test('shows everybody at once what one of them wrote', async () => {
      const other = await open();
      expect(await other.runs()).toEqual([]);
      await store.putRun(run);
      expect(await other.runs()).toEqual([run]);
      await other.putDeployment(lab);
      expect(await store.deployment('lab')).toEqual(lab);
      expect(await store.getPlan(await other.putPlan(planOf(batch('a'))))).toEqual(planOf(batch('a')));
    });

    test('loses no write when all write at once', async () => {
      const stores = await Promise.all(Array.from({ length: 4 }, open));
      await Promise.all(
        Array.from({ length: 40 }, (_, n) => stores[n % stores.length]!.putRun({ ...run, run: `r${n}` })),
      );
      expect(await store.runs()).toHaveLength(40);
    });

    test('remembers when everybody had closed it', async () => {
      await store.putRun(run);
      await store.close();
      opened.splice(0);
      expect(await (await open()).runs()).toEqual([run]);
    });
  });
}

const tomorrow = (): Date => new Date(Date.now() + 24 * 60 * 60 * 1000);
const nobody = { runs: new Set<string>(), plans: new Set<string>() };

/** What a store on a disk promises besides: it does not grow for ever. */
export function forgettingContract(name: string, prepare: () => Promise<StoreUnderTest<Store & Forgetful>>): void {
  const opened = async (): Promise<Store & Forgetful> => {
    const under = await prepare();
    const store = await under.open();
    onTestFinished(async () => {
      await store.close();
      await under.remove();
    });
    return store;
  };

  describe(`${name}: old plans`, () => {
    test('go, apart from those of runs under way, and can be put again', async () => {
      const store = await opened();
      const [old, needed] = [planOf(batch('files.main.0')), planOf(batch('libvirt.main.0'))];
      const [reference, kept] = [await store.putPlan(old), await store.putPlan(needed)];
      expect(await store.dropBefore(tomorrow(), { ...nobody, plans: new Set([kept]) })).toBe(1);
      await expect(store.getPlan(reference)).rejects.toMatchObject({ data: { code: 'file-missing' } });
      await expect(store.getBatch(reference, 'files.main.0')).rejects.toMatchObject({ data: { code: 'file-missing' } });
      expect(await store.getPlan(kept)).toEqual(needed);
      expect(await store.putPlan(old)).toBe(reference);
      expect(await store.getPlan(reference)).toEqual(old);
    });

    test('go one by one, so that others need not wait for all of them', async () => {
      const store = await opened();
      for (let n = 0; n < 200; n += 1) await store.putPlan(planOf(batch(`files.h${n}.0`)));
      let dropped = 0;
      const dropping = store.dropBefore(tomorrow(), nobody).then((count) => (dropped = count));
      const kept = await store.putPlan(planOf(batch('libvirt.main.0')));
      expect(dropped).toBe(0);
      expect(await dropping).toBeGreaterThanOrEqual(200);
      expect(kept).not.toBe('');
    });

    test('are not those that were put again since', async () => {
      const store = await opened();
      const plan = planOf(batch('files.main.0'));
      await store.putPlan(plan);
      const later = new Date(Date.now() + 1);
      await expect.poll(() => Date.now()).toBeGreaterThan(later.getTime());
      const reference = await store.putPlan(plan);
      expect(await store.dropBefore(later, nobody)).toBe(0);
      expect(await store.getPlan(reference)).toEqual(plan);
    });
  });
}
