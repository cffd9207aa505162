import { statSync } from 'node:fs';

import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { beforeAll, describe, expect, inject, test } from 'vitest';

import { startEngine, testCodec, workflowBundle } from '../support/engine.ts';
import { keepHistory, recording, type StoredHistory, storedHistory } from '../support/histories.ts';

const names = ['completed', 'undone', 'failed', 'worker-died', 'asked', 'collected'];

async function replay({ history, workflowId }: StoredHistory): Promise<void> {
  const options = { workflowBundle: await workflowBundle(), dataConverter: { payloadCodecs: [testCodec] } };
  await Worker.runReplayHistory(options, history, workflowId);
}

beforeAll(async () => {
  // `worker-died`, `asked` and `collected` are kept by crash.test.ts, ask.test.ts and gc.test.ts.
  if (recording) await record();
  else Runtime.install({ logger: new DefaultLogger('ERROR'), shutdownSignals: [] });
});

async function record(): Promise<void> {
  const engine = await startEngine(inject('temporalAddress'), { size: { guests: 4, hosts: 2, scriptEvery: 2 } });
  const completed = await engine.start('up');
  await engine.ended(completed);
  await keepHistory('completed', completed);
  await engine.run('down', { purge: true });
  const held = engine.world.faults.lay({ kind: 'hold', item: 'run script' });
  const undone = await engine.start('up');
  await held.struck;
  await engine.cancel(undone);
  await engine.ended(undone);
  await keepHistory('undone', undone);
  engine.world.faults.lay({ kind: 'fail', class: 'permanent', item: 'create disk' });
  const failed = await engine.start('up', { onFailure: 'undo' });
  await engine.ended(failed);
  await keepHistory('failed', failed);
  await engine.stop();
}

describe.each(names)('a run that ended %s long ago', (name) => {
  test('is still understood', async () => {
    await replay(storedHistory(name));
  });

  test('is kept in a small file', () => {
    expect(statSync(new URL(`replay/${name}.json`, import.meta.url)).size).toBeLessThan(200 * 1024);
  });
});

test('batches that changed places would be noticed', async () => {
  const stored = storedHistory('completed');
  const text = JSON.stringify(stored.history)
    .replaceAll('do:libvirt.main.0', 'do:libvirt.x')
    .replaceAll('do:libvirt.h1.0', 'do:libvirt.main.0')
    .replaceAll('do:libvirt.x', 'do:libvirt.h1.0');
  const swapped = { ...stored, history: JSON.parse(text) as StoredHistory['history'] };
  await expect(replay(swapped)).rejects.toThrow(/determinism/i);
});
