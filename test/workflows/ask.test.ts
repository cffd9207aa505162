import { type WorkflowHandle, WorkflowUpdateFailedError } from '@temporalio/client';
import { afterEach, describe, expect, inject, test } from 'vitest';

import { temporalRuns } from '../../src/client/temporal-runs.ts';
import type { Decision, RunProgress } from '../../src/workflows/signals.ts';
import { type Engine, startEngine } from '../support/engine.ts';
import { keepHistory } from '../support/histories.ts';

let engine: Engine;
const size = { guests: 4, hosts: 2, scriptEvery: 2 };

afterEach(() => engine.stop());

const progressOf = (handle: WorkflowHandle): Promise<RunProgress> => handle.query('progress');
const decide = (handle: WorkflowHandle, choice: Decision['choice'], batch?: string): Promise<readonly string[]> =>
  handle.executeUpdate<readonly string[], [Decision]>('decide', {
    args: [{ choice, by: 'bob@desk', ...(batch === undefined ? {} : { batch }) }],
  });

/** A run in which a disk cannot be made, up to the moment where everything else is done or waits. */
async function asking(times = 1) {
  engine = await startEngine(inject('temporalAddress'), { size });
  const disk = `create disk:${engine.deployment}-g1`;
  engine.world.faults.lay({ kind: 'fail', class: 'permanent', item: disk, times });
  const handle = await engine.start('up', { onFailure: 'ask' });
  await expect.poll(async () => (await progressOf(handle)).asks.length, { timeout: 30_000 }).toBe(1);
  const [question] = (await progressOf(handle)).asks;
  return { handle, disk, batch: question!.batch, question: question! };
}

async function eventsAbout(handle: WorkflowHandle, code: string) {
  const { runId } = await handle.describe();
  return engine.events.all(runId).filter((event) => event.code === code);
}

describe('a run that asks', () => {
  test('tells everybody what it asks, and goes on with the rest meanwhile', async () => {
    const { handle, disk, batch, question } = await asking();
    expect(question).toMatchObject({ message: `${disk} was refused` });
    // Guests on the other host are made up to the end.
    await expect.poll(() => engine.text(), { timeout: 30_000 }).toMatch(/domain \S+-g0/);
    const { memo } = await handle.describe();
    expect(memo?.['asks']).toMatchObject([{ batch, host: question.host }]);
    const [asked] = await eventsAbout(handle, 'decision-asked');
    expect(asked).toMatchObject({ level: 'warn', data: { batch, failure: { code: 'command-failed' } } });
    expect(await handle.query('__temporal_workflow_metadata')).toMatchObject({
      currentDetails: expect.stringContaining(batch) as string,
    });
    expect(await engine.text()).not.toContain(`domain ${engine.deployment}-g1`);
    await decide(handle, 'stop');
    await engine.ended(handle);
  });

  test('completes when trying again helps, and its log says who said so', async () => {
    const { handle, batch } = await asking();
    expect(await decide(handle, 'retry', batch)).toEqual([batch]);
    const end = await engine.ended(handle);
    expect(end).toMatchObject({ status: 'COMPLETED', outcome: { failures: [], skipped: 0 } });
    expect(await eventsAbout(handle, 'decision-made')).toMatchObject([
      { data: { by: 'bob@desk', choice: 'retry', batches: [batch] } },
    ]);
    expect((await engine.run('up')).outcome).toMatchObject({ summary: { create: 0, change: 0, delete: 0, run: 0 } });
  });

  test('asks again as often as it fails again', async () => {
    const { handle } = await asking(2);
    await decide(handle, 'retry');
    await expect.poll(() => eventsAbout(handle, 'decision-asked'), { timeout: 30_000 }).toHaveLength(2);
    await decide(handle, 'retry');
    expect((await engine.ended(handle)).status).toBe('COMPLETED');
    await keepHistory('asked', handle);
  });

  test('goes on without what is skipped, and ends Failed with its name', async () => {
    const { handle, disk } = await asking();
    await decide(handle, 'skip');
    const { status, outcome } = await engine.ended(handle);
    expect(status).toBe('FAILED');
    expect(outcome).toMatchObject({ failures: [{ item: disk }], undone: 0, leftovers: [] });
    expect(await engine.text()).toMatch(/domain \S+-g3/);
    expect(await engine.text()).not.toContain(`domain ${engine.deployment}-g1`);
  });

  test('ends Failed on stop, keeps what is done and names who stopped it', async () => {
    const { handle, disk } = await asking();
    await decide(handle, 'stop');
    const { status, outcome } = await engine.ended(handle);
    expect(status).toBe('FAILED');
    expect(outcome).toMatchObject({ failures: [{ item: disk }], undone: 0, reason: 'stopped by bob@desk' });
    expect(await engine.text()).toContain('folder ');
    expect((await engine.run('up')).status).toBe('COMPLETED');
  });

  test('rolls everything back when cancelled while it asks', async () => {
    const { handle } = await asking();
    await engine.cancel(handle);
    const { status, outcome } = await engine.ended(handle);
    expect(status).toBe('CANCELLED');
    expect(outcome).toMatchObject({ status: 'cancelled', leftovers: [] });
    expect(await engine.text()).toBe('');
  });

  test('rejects answers that are none, and keeps no trace of them', async () => {
    const { handle, batch } = await asking();
    // Everything else has ended, so that nothing but an answer could make the history grow.
    await expect
      .poll(async () => (await handle.describe()).raw.pendingActivities?.length ?? 0, { timeout: 30_000 })
      .toBe(0);
    await expect.poll(async () => (await handle.describe()).raw.pendingWorkflowTask ?? 'none').toBe('none');
    const { historyLength } = await handle.describe();
    const typeOf = async (choice: string, about?: string): Promise<unknown> => {
      const error: unknown = await decide(handle, choice as Decision['choice'], about).catch((each: unknown) => each);
      return (error as WorkflowUpdateFailedError).cause;
    };
    expect(await typeOf('retry', 'libvirt.nowhere.0')).toMatchObject({ type: 'not-asked' });
    expect(await typeOf('explode', batch)).toMatchObject({ type: 'bad-choice' });
    expect((await handle.describe()).historyLength).toBe(historyLength);
    const runs = temporalRuns(engine.clients, () => new Date());
    const id = { deployment: engine.deployment, run: (await handle.describe()).runId };
    const wrong = { choice: 'skip', batch: 'nowhere', by: 'bob@desk' } as const;
    await expect(runs.decide(id, wrong, 'request-1')).rejects.toMatchObject({ data: { code: 'not-asked' } });
    expect(await runs.decide(id, { choice: 'stop', by: 'bob@desk' }, 'request-2')).toEqual([batch]);
    await engine.ended(handle);
  });
});

test('a run that asks nothing takes no answers', async () => {
  engine = await startEngine(inject('temporalAddress'), { size });
  const fault = engine.world.faults.lay({ kind: 'hold', item: 'create disk' });
  const handle = await engine.start('up');
  await fault.struck;
  await expect(decide(handle, 'retry')).rejects.toBeInstanceOf(WorkflowUpdateFailedError);
  fault.release();
  expect((await engine.ended(handle)).status).toBe('COMPLETED');
});
