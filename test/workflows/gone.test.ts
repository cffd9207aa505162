import type { WorkflowFailedError, WorkflowHandle } from '@temporalio/client';
import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest';

import type { RunOptions } from '../../src/workflows/contract.ts';
import { type Engine, startEngine } from '../support/engine.ts';

let engine: Engine;

beforeEach(async () => {
  engine = await startEngine(inject('temporalAddress'), { size: { guests: 4, hosts: 2, scriptEvery: 2 } });
});

afterEach(() => engine.stop());

/** A run that is cancelled while the power of h1 is off. */
async function cancelledWithoutHost(options: RunOptions): Promise<WorkflowHandle> {
  const fault = engine.world.faults.lay({ kind: 'hold', host: 'h1', item: 'create guest.ready' });
  const handle = await engine.start('up', options);
  await fault.struck;
  engine.world.gone.add('h1');
  await engine.cancel(handle);
  return handle;
}

async function saysItWaits(handle: WorkflowHandle): Promise<boolean> {
  const { runId } = await handle.describe();
  return engine.events.all(runId).some(({ text }) => text.endsWith('waiting for h1'));
}

describe('rolling back what is on a host that is gone', () => {
  test('waits for it, and is clean when it comes back', async () => {
    const handle = await cancelledWithoutHost({});
    await expect.poll(() => saysItWaits(handle), { timeout: 30_000 }).toBe(true);
    engine.world.gone.delete('h1');
    const { status, outcome } = await engine.ended(handle);
    expect(status).toBe('CANCELLED');
    expect(outcome?.leftovers).toEqual([]);
    expect(await engine.text()).toBe('');
  });

  test('gives up after the time that was allowed, once for all that is there, and names what is left', async () => {
    const handle = await cancelledWithoutHost({ undoWaitSeconds: 2 });
    const { status, outcome, runId } = await engine.ended(handle);
    expect(status).toBe('CANCELLED');
    const left = outcome?.leftovers ?? [];
    const unreachable = left.filter(({ why }) => why === 'host h1 does not answer');
    expect(unreachable.length).toBeGreaterThan(0);
    expect(unreachable.every(({ host }) => host === 'h1')).toBe(true);
    expect(left.every(({ host, why }) => host !== undefined && why !== '')).toBe(true);
    expect(left.map(({ item }) => item)).toContain(`create libvirt.domain:${engine.deployment}-g1`);
    expect(engine.events.all(runId).at(-1)?.text).toContain('left over');
    // What is on the other host is gone.
    engine.world.gone.delete('h1');
    const text = await engine.text();
    expect(text).toContain(' on h1');
    expect(text).not.toMatch(/domain .* on main/);
    expect((await engine.run('down', { purge: true })).status).toBe('COMPLETED');
    expect(await engine.text()).toBe('');
  });
});

describe('down without a host', () => {
  beforeEach(async () => {
    await engine.run('up');
    engine.world.gone.add('h1');
  });

  test('is refused before anything is touched, and says what is there', async () => {
    const { status, error } = await engine.run('down', { purge: true });
    expect(status).toBe('FAILED');
    const { details, type } = (error as WorkflowFailedError).cause as { details?: unknown[]; type?: string };
    expect(type).toBe('host-unreachable');
    expect(details?.[0]).toMatchObject({
      message: expect.stringMatching(/host h1 does not answer; as far as is known there is on it: g1, g3$/) as string,
      hint: expect.stringContaining('--skip-unreachable') as string,
    });
    engine.world.gone.delete('h1');
    expect(await engine.text()).toContain('-g0');
  });

  test('removes the rest when told to, names what is left, and the next down finishes', async () => {
    const { status, outcome } = await engine.run('down', { skipUnreachable: true, purge: true });
    expect(status).toBe('FAILED');
    expect(outcome?.failures).toMatchObject([{ item: 'host h1', failure: { code: 'host-unreachable', host: 'h1' } }]);
    expect(outcome?.leftovers).toEqual([
      { item: 'guest g1', why: 'host h1 does not answer', host: 'h1' },
      { item: 'guest g3', why: 'host h1 does not answer', host: 'h1' },
    ]);
    expect(await engine.store.deployment(engine.deployment)).toMatchObject({ status: 'down partial' });
    engine.world.gone.delete('h1');
    expect(await engine.text()).not.toMatch(/-g0|-g2/);
    expect((await engine.run('down', { purge: true })).status).toBe('COMPLETED');
    expect(await engine.text()).toBe('');
    expect(await engine.store.deployment(engine.deployment)).toBeUndefined();
  });
});
