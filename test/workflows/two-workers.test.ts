import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import type { WorkflowHandle } from '@temporalio/client';
import { afterEach, beforeEach, expect, inject, test, vi } from 'vitest';

import { releaseDeadWorkers } from '../../src/client/dead-workers.ts';
import { isDeadHere } from '../../src/server/process-identity.ts';
import type { DoomedOrder } from '../support/doomed-worker.ts';
import { type Engine, startEngine, workflowBundle } from '../support/engine.ts';

/** For a machine that is busy with something else. */
const minute = 60_000;

vi.setConfig({ testTimeout: 3 * minute });

const size = { guests: 6, hosts: 3, scriptEvery: 1 };
let folder: string;
let engine: Engine;
let doomed: ChildProcess | undefined;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kvm-compose-two-'));
  await workflowBundle();
  engine = await startEngine(inject('temporalAddress'), { size, home: folder, idle: true });
});

afterEach(async () => {
  doomed?.kill('SIGKILL');
  await engine.stop();
  rmSync(folder, { recursive: true });
});

/** Who completed activities of a run, as its history tells. */
async function workersOf(handle: WorkflowHandle): Promise<ReadonlySet<string>> {
  const { events } = await handle.fetchHistory();
  return new Set((events ?? []).flatMap((each) => each.activityTaskCompletedEventAttributes?.identity ?? []));
}

const domains = (): number =>
  ['main', 'h1', 'h2'].reduce((sum, name) => sum + Object.keys(engine.world.host(name).domains).length, 0);

/** A worker of its own process, in which every item hangs before it has an effect. */
async function stuckWorker(): Promise<{ hangs: () => Promise<void> }> {
  const order: DoomedOrder = {
    address: inject('temporalAddress'),
    taskQueue: engine.taskQueue,
    home: folder,
    size,
    hostsFile: join(folder, 'private-hosts.json'),
    faults: [{ kind: 'hold', times: 1000 }],
  };
  const args = ['--import', 'tsx', 'test/support/doomed-worker.ts', JSON.stringify(order)];
  doomed = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const said: string[] = [];
  createInterface({ input: doomed.stdout! }).on('line', (line) => said.push(line.split(' ')[0]!));
  await expect.poll(() => said, { timeout: minute }).toContain('ready');
  return { hangs: () => expect.poll(() => said, { timeout: minute }).toContain('hangs') };
}

test('of two worker processes one is killed, and the other does what it held', async () => {
  const { hangs } = await stuckWorker();
  const handle = await engine.start('up');
  await hangs();
  await engine.worker('survivor');
  // Both are alive and at work: one hangs, the other does what does not wait for it.
  const gone = once(doomed!, 'exit');
  doomed!.kill('SIGKILL');
  await gone;
  const takenOver = async (): Promise<boolean> =>
    (await releaseDeadWorkers(engine.client, isDeadHere)) > 0 || (await handle.describe()).status.name !== 'RUNNING';
  await expect.poll(takenOver, { timeout: minute }).toBe(true);
  const { status, outcome } = await engine.ended(handle);
  expect(status).toBe('COMPLETED');
  expect(outcome).toMatchObject({ failures: [], skipped: 0 });
  const workers = await workersOf(handle);
  expect(workers).toContain('survivor');
  expect(workers.size).toBe(2);
  expect(domains()).toBe(size.guests);
  expect((await engine.run('up')).outcome).toMatchObject({ summary: { create: 0, change: 0, delete: 0 } });
});
