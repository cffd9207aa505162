import { afterEach, expect, inject, test, vi } from 'vitest';

import { type Engine, startEngine } from '../support/engine.ts';

vi.setConfig({ testTimeout: 180_000 });

let engine: Engine;

afterEach(() => engine.stop());

test('a run of a hundred batches stays far below what Temporal suggests to continue as new', async () => {
  engine = await startEngine(inject('temporalAddress'), { size: { guests: 30, hosts: 30, scriptEvery: 1 } });
  const handle = await engine.start('up');
  expect((await engine.ended(handle)).status).toBe('COMPLETED');
  const { batches } = (await handle.query('progress')) as { batches: number };
  expect(batches).toBeGreaterThanOrEqual(100);
  const { events = [] } = await handle.fetchHistory();
  const suggested = (events ?? []).filter((each) => each.workflowTaskStartedEventAttributes?.suggestContinueAsNew);
  expect(suggested).toEqual([]);
  const { raw } = await handle.describe();
  const { historyLength, historySizeBytes } = raw.workflowExecutionInfo!;
  // Three events per batch and one task for many; the server suggests at 4,096 events or 4 MiB.
  expect(Number(historyLength)).toBeLessThan(2000);
  expect(Number(historySizeBytes)).toBeLessThan(1024 * 1024);
});
