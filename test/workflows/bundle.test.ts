import { execFileSync } from 'node:child_process';

import { afterEach, beforeEach, expect, inject, test } from 'vitest';

import { type Engine, startEngine } from '../support/engine.ts';

let engine: Engine;

beforeEach(async () => {
  engine = await startEngine(inject('temporalAddress'), { size: { guests: 1, hosts: 1 } });
});

afterEach(() => engine.stop());

test('a bundle of a failed run holds its plan, its events and how it ended', async () => {
  engine.world.faults.lay({ kind: 'fail', class: 'permanent', item: 'create disk' });
  const { runId } = await engine.run('up');
  const { path, silent } = await engine.read('bundle', { run: runId });
  expect(silent).toEqual([]);
  const text = (name: string): string => execFileSync('tar', ['-xzOf', path, name], { encoding: 'utf8' });
  expect(text('plan.txt')).toContain('create 1 disk on main: missing');
  expect(text('events.jsonl')).toContain('"code":"item-failed"');
  expect(JSON.parse(text('outcome.json'))).toMatchObject({ status: 'failed' });
  expect(JSON.parse(text('run.json'))).toMatchObject({ run: runId, command: 'up', hostsFile: '/project/hosts.yaml' });
});

test('there is no bundle of a run that never was', async () => {
  await expect(engine.read('bundle', { run: 'never' })).rejects.toMatchObject({
    cause: { cause: { type: 'no-such-run' } },
  });
});
