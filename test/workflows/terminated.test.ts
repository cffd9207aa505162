import { execFileSync } from 'node:child_process';

import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest';

import { dropBefore } from '../../src/bin/parts/drop-old.ts';
import { runsUnderWay } from '../../src/client/runs-under-way.ts';
import { temporalRuns } from '../../src/client/temporal-runs.ts';
import { listDeployments } from '../../src/api/list-deployments.ts';
import { showRun } from '../../src/api/show-run.ts';
import type { GarbageReport } from '../../src/model/garbage.ts';
import type { Command } from '../../src/workflows/contract.ts';
import { type Engine, startEngine } from '../support/engine.ts';

let engine: Engine;

beforeEach(async () => {
  engine = await startEngine(inject('temporalAddress'), { size: { guests: 2, hosts: 2 } });
});

afterEach(() => engine.stop());

/** A run somebody ended in Temporal, past us, while it worked on an item; `then` is before its worker goes on with that. */
async function terminated(command: Command, item: string, then = async (): Promise<void> => {}): Promise<string> {
  const held = engine.world.faults.lay({ kind: 'hold', item });
  const handle = await engine.start(command, command === 'down' ? { purge: true } : {});
  await held.struck;
  await handle.terminate('past us');
  expect((await engine.ended(handle)).status).toBe('TERMINATED');
  await then();
  held.release();
  return handle.firstExecutionRunId;
}

const runs = () => temporalRuns(engine.clients, () => new Date());
const look = async (): Promise<GarbageReport> =>
  await engine.read('garbage', { deployment: '', folder: '/', hostsFile: '/project/hosts.yaml' });

describe('a run that was terminated in Temporal', () => {
  test('is over for everybody who asks, and says why', async () => {
    const run = await terminated('up', 'create libvirt.domain');
    const info = await runs().find(engine.deployment, run);
    expect(info).toMatchObject({ status: 'failed', endedAt: expect.any(String) as string });
    const [listed] = await listDeployments({ runs: runs(), store: engine.store }, engine.deployment);
    expect(listed).toMatchObject({ name: engine.deployment, status: 'up failed' });
    const shown = await showRun(runs(), engine.events, info);
    expect(shown.failures).toMatchObject([{ failure: { message: 'the run was terminated in Temporal' } }]);
  });

  test('keeps its plan no longer than others, and one that goes on keeps its own however old it is', async () => {
    const ended = await terminated('up', 'create libvirt.domain');
    const held = engine.world.faults.lay({ kind: 'hold', item: 'delete disk' });
    const handle = await engine.start('down', { purge: true });
    await held.struck;
    const planOf = async (run: string): Promise<string> =>
      (await engine.store.runs()).find((each) => each.run === run)!.plan!;
    const [plan, needed] = [await planOf(ended), await planOf(handle.firstExecutionRunId)];
    expect(plan).not.toBe(needed);
    const underWay = () => runsUnderWay(engine.client);
    // Other tests have runs on this server too.
    await expect.poll(async () => (await underWay()).has(handle.firstExecutionRunId)).toBe(true);
    await expect.poll(async () => (await underWay()).has(ended)).toBe(false);
    const tomorrow = new Date(Date.now() + 24 * 60 * 60 * 1000);
    const { store } = engine;
    expect(await dropBefore(tomorrow, { store, memory: [store], underWay })).toBe(1);
    await expect(store.getPlan(plan)).rejects.toMatchObject({ data: { code: 'file-missing' } });
    expect((await store.getPlan(needed)).batches.length).toBeGreaterThan(0);
    held.release();
    expect((await engine.ended(handle)).status).toBe('COMPLETED');
  });

  test('is over in its bundle too', async () => {
    const run = await terminated('up', 'create libvirt.domain');
    const { status, endedAt } = await runs().find(engine.deployment, run);
    const { path } = await engine.read('bundle', { run, stands: { status, endedAt: endedAt! } });
    const text = execFileSync('tar', ['-xzOf', path, 'run.json'], { encoding: 'utf8' });
    expect(JSON.parse(text)).toMatchObject({ run, status: 'failed', endedAt });
  });

  test('leaves as garbage what it was to remove, until the next down or gc', async () => {
    await engine.run('up');
    await terminated('down', 'delete disk', async () => {
      expect((await look()).counts.surplus).toBeGreaterThan(0);
    });
    expect((await engine.run('gc')).status).toBe('COMPLETED');
    expect(await engine.text()).toBe('');
    expect((await engine.run('down', { purge: true })).status).toBe('COMPLETED');
    expect(await listDeployments({ runs: runs(), store: engine.store }, engine.deployment)).toEqual([]);
  });
});

test('a run that goes on is told as one that goes on', async () => {
  const held = engine.world.faults.lay({ kind: 'hold', item: 'create libvirt.domain' });
  const handle = await engine.start('up');
  await held.struck;
  const [listed] = await listDeployments({ runs: runs(), store: engine.store }, engine.deployment);
  expect(listed).toMatchObject({ status: 'up running' });
  held.release();
  await engine.ended(handle);
});
