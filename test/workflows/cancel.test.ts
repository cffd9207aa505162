import { afterEach, describe, expect, inject, test } from 'vitest';

import { type anyImage, notPulledYet } from '../support/doubles.ts';
import { type Ended, type Engine, type EngineOptions, requestCancel, startEngine } from '../support/engine.ts';

let engine: Engine;
const small = { guests: 6, hosts: 2, scriptEvery: 3 };

async function engineWith(options: Partial<EngineOptions> = {}): Promise<Engine> {
  engine = await startEngine(inject('temporalAddress'), { size: small, ...options });
  return engine;
}

afterEach(() => engine.stop());

function expectUndone({ status, outcome }: Ended, reason: string): void {
  expect(status).toBe('CANCELLED');
  expect(outcome).toMatchObject({ status: 'cancelled', failures: [], leftovers: [], reason });
}

/** A run that hangs at an item, until cancelled or let go. */
async function held(item: string, command: 'up' | 'down' = 'up') {
  const fault = engine.world.faults.lay({ kind: 'hold', item });
  const handle = await engine.start(command, command === 'down' ? { purge: true } : {});
  await fault.struck;
  return { handle, fault };
}

describe('a run cancelled by signal', () => {
  test('rolls back everything, ends Canceled and says who asked and why', async () => {
    await engineWith();
    const { handle } = await held('create libvirt.domain');
    await engine.cancel(handle);
    const end = await engine.ended(handle);
    expectUndone(end, 'ann@laptop: lunch');
    expect(end.outcome?.undone).toBeGreaterThan(0);
    expect(await engine.text()).toBe('');
    const codes = engine.events.all(end.runId).map(({ code }) => code);
    expect(codes.filter((code) => code === 'undo-done').length).toBe(end.outcome?.undone);
    expect(codes.at(-1)).toBe('run-ended');
  });

  test('rolls back only what this run made', async () => {
    await engineWith();
    await engine.run('up');
    const before = await engine.text();
    engine.edit({ ...small, guests: 8 });
    const { handle } = await held('create libvirt.domain');
    await engine.cancel(handle);
    expectUndone(await engine.ended(handle), 'ann@laptop: lunch');
    expect(await engine.text()).toBe(before);
  });

  test('puts back what it had changed', async () => {
    await engineWith();
    await engine.run('up');
    const before = await engine.text();
    engine.edit({ ...small, memoryMb: 256 });
    const { handle } = await held('update guest.ready');
    await engine.cancel(handle);
    expectUndone(await engine.ended(handle), 'ann@laptop: lunch');
    expect(await engine.text()).toBe(before);
  });

  test('leaves what is there with --keep', async () => {
    await engineWith();
    const fault = engine.world.faults.lay({ kind: 'hold', item: 'create libvirt.domain' });
    const handle = await engine.start('up', { keep: true });
    await fault.struck;
    await engine.cancel(handle);
    expect((await engine.ended(handle)).status).toBe('CANCELLED');
    expect(await engine.text()).toContain('disk ');
  });

  test('while preparing, has nothing to roll back', async () => {
    let asked = (): void => undefined;
    const preparing = new Promise<void>((resolve) => (asked = resolve));
    const pull: typeof anyImage.pull = (_image, signal) => {
      asked();
      return new Promise((_, reject) => signal?.addEventListener('abort', () => reject(new Error('stopped'))));
    };
    await engineWith({ ports: { images: { ...notPulledYet, pull } } });
    const handle = await engine.start('up');
    await preparing;
    await engine.cancel(handle);
    const end = await engine.ended(handle);
    expectUndone(end, 'ann@laptop: lunch');
    expect(end.outcome?.undone).toBe(0);
  });

  test('again and again, ends the same way', async () => {
    await engineWith();
    const { handle } = await held('create libvirt.domain');
    const undoing = engine.world.faults.lay({ kind: 'hold', verb: 'undo', item: 'create disk' });
    await engine.cancel(handle);
    await undoing.struck;
    await engine.cancel(handle, { by: 'bob@desk', reason: 'hurry' });
    undoing.release();
    expectUndone(await engine.ended(handle), 'ann@laptop: lunch');
    expect(await engine.text()).toBe('');
  });

  test('names what it could not roll back', async () => {
    await engineWith();
    const { handle } = await held('create guest.ready');
    engine.world.faults.lay({ kind: 'fail', class: 'permanent', verb: 'undo', item: 'create disk', times: 1 });
    await engine.cancel(handle);
    const { status, outcome } = await engine.ended(handle);
    expect(status).toBe('CANCELLED');
    const leftovers = outcome?.leftovers.map(({ item }) => item) ?? [];
    expect(leftovers.filter((item) => item.startsWith('create disk'))).toHaveLength(1);
    // What the left-over disk lies on is left too, and nothing else is.
    expect((await engine.text()).split('\n').map((line) => line.split(' ')[0])).toEqual(['disk', 'folder', 'image']);
  });
});

test("Temporal's own cancel does the same and keeps its reason", async () => {
  await engineWith();
  const { handle } = await held('create libvirt.domain');
  await requestCancel(engine.client, handle.workflowId, '', 'carl', 'from the web page');
  expectUndone(await engine.ended(handle), 'from the web page');
  expect(await engine.text()).toBe('');
});

test('a cancel after the last batch comes too late', async () => {
  let record = (): void => undefined;
  const recording = new Promise<void>((resolve) => (record = resolve));
  const base = await engineWith({ idle: true });
  const putRun: typeof base.store.putRun = async (run) => {
    if (run.status !== 'running') {
      record();
      await cancelled;
    }
    return base.store.putRun(run);
  };
  let cancel = (): void => undefined;
  const cancelled = new Promise<void>((resolve) => (cancel = resolve));
  Object.assign(base.ports, { store: { ...base.store, putRun } });
  await base.worker();
  const handle = await base.start('up');
  await recording;
  await base.cancel(handle);
  cancel();
  const { status, outcome } = await base.ended(handle);
  expect(status).toBe('COMPLETED');
  expect(outcome?.status).toBe('completed');
  expect(await base.text()).toContain('domain ');
});

describe('a cancelled down', () => {
  test('is not undone, and the next one goes on', async () => {
    await engineWith();
    await engine.run('up');
    const { handle } = await held('delete disk', 'down');
    await engine.cancel(handle);
    const end = await engine.ended(handle);
    expect(end.status).toBe('CANCELLED');
    expect(end.outcome).toMatchObject({ undone: 0, leftovers: [] });
    expect(await engine.text()).not.toContain('domain ');
    expect((await engine.run('down', { purge: true })).status).toBe('COMPLETED');
    expect(await engine.text()).toBe('');
  });
});
