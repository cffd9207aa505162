import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import type { WorkflowHandle } from '@temporalio/client';
import { afterEach, beforeEach, expect, inject, test, vi } from 'vitest';

import type { Fault } from '../../src/adapters/sim/faults.ts';
import type { SimulatedHost } from '../../src/adapters/sim/state.ts';
import { createSimulatedWorld } from '../../src/adapters/sim/world.ts';
import { releaseDeadWorkers } from '../../src/client/dead-workers.ts';
import { isDeadHere } from '../../src/server/process-identity.ts';
import type { DoomedOrder } from '../support/doomed-worker.ts';
import { type Engine, startEngine, workflowBundle } from '../support/engine.ts';
import { keepHistory } from '../support/histories.ts';

/** For a machine that is busy with something else. */
const minute = 60_000;

const size = { guests: 4, hosts: 2, scriptEvery: 1 };

vi.setConfig({ testTimeout: 3 * minute });

let folder: string;
let engine: Engine;
let hosts: Record<string, SimulatedHost>;
let doomed: ChildProcess | undefined;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kvm-compose-crash-'));
  hosts = {};
  const world = createSimulatedWorld({ hosts });
  await workflowBundle();
  engine = await startEngine(inject('temporalAddress'), { size, home: folder, world, idle: true });
});

afterEach(async () => {
  doomed?.kill('SIGKILL');
  await engine.stop();
  rmSync(folder, { recursive: true });
});

const hostsFile = (): string => join(folder, 'hosts.json');

/** A worker of its own process that hangs at faults; `hangs` waits until it does so for the n-th time. */
async function doomedWorker(...faults: readonly Fault[]): Promise<{ hangs: (n: number) => Promise<void> }> {
  const address = inject('temporalAddress');
  const order: DoomedOrder = {
    address,
    taskQueue: engine.taskQueue,
    home: folder,
    size,
    hostsFile: hostsFile(),
    faults,
  };
  const args = ['--import', 'tsx', 'test/support/doomed-worker.ts', JSON.stringify(order)];
  doomed = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const said: string[] = [];
  createInterface({ input: doomed.stdout! }).on('line', (line) => said.push(line.split(' ')[0]!));
  await expect.poll(() => said, { timeout: minute }).toContain('ready');
  const times = (): number => said.filter((word) => word === 'hangs').length;
  return { hangs: (n) => expect.poll(times, { timeout: minute }).toBe(n) };
}

/** Only the held activity is under way. A workflow task in a dead worker's hands would have to time out first. */
async function onlyHangs(handle: WorkflowHandle): Promise<void> {
  const open = async (): Promise<unknown> => {
    const { raw } = await handle.describe();
    return [raw.pendingActivities?.length, raw.pendingWorkflowTask ?? 'none'];
  };
  await expect.poll(open, { timeout: minute }).toEqual([1, 'none']);
}

/** kill -9; what it had done on the hosts is still there. */
async function kill(): Promise<void> {
  const gone = once(doomed!, 'exit');
  doomed!.kill('SIGKILL');
  await gone;
  Object.assign(hosts, JSON.parse(readFileSync(hostsFile(), 'utf8')));
}

/** The next worker, which takes over as the product's does. */
async function secondWorker(handle: WorkflowHandle): Promise<void> {
  await engine.worker();
  const takenOver = async (): Promise<boolean> =>
    (await releaseDeadWorkers(engine.client, isDeadHere)) > 0 || (await handle.describe()).status.name !== 'RUNNING';
  await expect.poll(takenOver, { timeout: minute }).toBe(true);
}

test('an up whose worker is killed goes on with the next worker, without waiting for its heartbeat to time out', async () => {
  const { hangs } = await doomedWorker({ kind: 'hold', item: 'run script', host: 'main' });
  const handle = await engine.start('up');
  await hangs(1);
  await onlyHangs(handle);
  await kill();
  await secondWorker(handle);
  const start = performance.now();
  const { status, outcome } = await engine.ended(handle);
  expect(status).toBe('COMPLETED');
  expect(outcome).toMatchObject({ failures: [], skipped: 0 });
  expect(performance.now() - start).toBeLessThan(8000);
  const started = Object.values(hosts).flatMap(({ jobs }) =>
    Object.values(jobs).flatMap((each) => Object.values(each)),
  );
  expect(started).toEqual([1, 1, 1, 1]);
  await keepHistory('worker-died', handle);
  expect((await engine.run('up')).outcome).toMatchObject({ summary: { create: 0, change: 0, delete: 0, run: 0 } });
});

test('a cancel while the worker is dead is carried out by the next worker, and ends Canceled', async () => {
  const { hangs } = await doomedWorker({ kind: 'hold', item: 'create libvirt.domain', host: 'h1' });
  const handle = await engine.start('up');
  await hangs(1);
  await onlyHangs(handle);
  await kill();
  await engine.cancel(handle);
  await secondWorker(handle);
  const { status, outcome } = await engine.ended(handle);
  expect(status).toBe('CANCELLED');
  expect(outcome).toMatchObject({ status: 'cancelled', leftovers: [], reason: 'ann@laptop: lunch' });
  expect(await engine.text()).toBe('');
});

test('a worker killed in the middle of an undo is succeeded in it', async () => {
  const doing: Fault = { kind: 'hold', verb: 'do', item: 'run script', host: 'h1' };
  const { hangs } = await doomedWorker(doing, { kind: 'hold', verb: 'undo', item: 'create disk', host: 'h1' });
  const handle = await engine.start('up');
  await hangs(1);
  await engine.cancel(handle);
  await hangs(2);
  await onlyHangs(handle);
  await kill();
  await secondWorker(handle);
  const { status, outcome } = await engine.ended(handle);
  expect(status).toBe('CANCELLED');
  expect(outcome?.leftovers).toEqual([]);
  expect(await engine.text()).toBe('');
});
