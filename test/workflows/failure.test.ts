import { WorkflowExecutionAlreadyStartedError, WorkflowFailedError } from '@temporalio/client';
import { afterEach, describe, expect, inject, test } from 'vitest';

import { type Engine, type EngineOptions, startEngine } from '../support/engine.ts';

let engine: Engine;
const small = { guests: 4, hosts: 2, scriptEvery: 1 };

async function engineWith(options: Partial<EngineOptions> = {}): Promise<Engine> {
  engine = await startEngine(inject('temporalAddress'), { size: small, ...options });
  return engine;
}

afterEach(() => engine.stop());

describe('a resource that fails for good', () => {
  test('stops what needs it and nothing else, and the next up goes on', async () => {
    await engineWith();
    engine.world.faults.lay({ kind: 'fail', class: 'permanent', item: `create disk:${engine.deployment}-g1` });
    const { status, outcome, error } = await engine.run('up');
    expect(status).toBe('FAILED');
    expect(error).toBeInstanceOf(WorkflowFailedError);
    expect((error as WorkflowFailedError).cause).toMatchObject({ type: 'command-failed' });
    expect(outcome).toMatchObject({
      status: 'failed',
      failures: [{ item: `create disk:${engine.deployment}-g1`, failure: { code: 'command-failed' } }],
      // Its domain, readiness and script.
      skipped: 3,
      undone: 0,
    });
    const text = await engine.text();
    const ran = text.split('\n').filter((line) => line.startsWith('script '));
    expect(ran.map((line) => / in \S+-(g\d) /.exec(line)?.[1])).toEqual(['g0', 'g2', 'g3']);
    expect(text).not.toContain(`domain ${engine.deployment}-g1`);
    const next = await engine.run('up');
    expect(next.outcome).toMatchObject({ status: 'completed', summary: { create: 3, run: 1 } });
  });

  test('with --on-failure undo, everything is rolled back and the cause stays', async () => {
    await engineWith();
    engine.world.faults.lay({ kind: 'fail', class: 'permanent', item: `create disk:${engine.deployment}-g1` });
    const { status, outcome, error } = await engine.run('up', { onFailure: 'undo' });
    expect(status).toBe('FAILED');
    expect((error as WorkflowFailedError).cause).toMatchObject({ type: 'command-failed' });
    expect(outcome).toMatchObject({ status: 'failed', failures: [{}], leftovers: [] });
    expect(await engine.text()).toBe('');
  });
});

test.each(['fail', 'half', 'lost reply'] as const)('a passing %s is tried again', async (kind) => {
  await engineWith();
  for (const transport of ['ovn', 'files', 'links', 'libvirt', 'guest'] as const) {
    engine.world.faults.lay({ kind, transport });
  }
  expect((await engine.run('up')).outcome).toMatchObject({ status: 'completed', failures: [] });
  expect((await engine.run('up')).outcome).toMatchObject({ summary: { create: 0, change: 0, delete: 0, run: 0 } });
});

test('a host that does not answer is refused before anything is touched', async () => {
  await engineWith();
  engine.world.gone.add('h1');
  const { status, error } = await engine.run('up');
  expect(status).toBe('FAILED');
  expect((error as WorkflowFailedError).cause).toMatchObject({ type: 'host-unreachable' });
  engine.world.gone.delete('h1');
  expect(await engine.text()).toBe('');
});

test('loss of data is refused unless asked for', async () => {
  await engineWith();
  await engine.run('up');
  engine.rewrite((text) => text.replace('- name: g1\n', '- name: g1\n    placement: { host: main }\n'));
  const refused = await engine.run('up');
  expect((refused.error as WorkflowFailedError).cause).toMatchObject({ type: 'needs-replace' });
  expect((await engine.run('up', { replace: true })).outcome).toMatchObject({ status: 'completed' });
});

test('a second run is refused while the first holds the deployment', async () => {
  await engineWith();
  const fault = engine.world.faults.lay({ kind: 'hold', item: 'create libvirt.domain' });
  const first = await engine.start('up');
  await fault.struck;
  await expect(engine.start('down')).rejects.toBeInstanceOf(WorkflowExecutionAlreadyStartedError);
  fault.release();
  expect((await engine.ended(first)).status).toBe('COMPLETED');
});
