import { type AddressInfo, createServer } from 'node:net';
import { afterEach, beforeEach, expect, inject, test, vi } from 'vitest';
import { connectPatiently } from '../../src/bin/parts/connect-patiently.ts';
import { temporalRuns } from '../../src/client/temporal-runs.ts';
import { type Engine, startEngine } from '../support/engine.ts';

let engine: Engine;

beforeEach(async () => {
  engine = await startEngine(inject('temporalAddress'), { size: { guests: 2, hosts: 1, scriptEvery: 0 } });
});

afterEach(() => engine.stop());

test('waiting for a run that is given up closes its long poll on the server at once', async () => {
  const fault = engine.world.faults.lay({ kind: 'hold', host: 'main', item: 'create guest.ready' });
  const { firstExecutionRunId: run } = await engine.start('up');
  await fault.struck;
  const { workflowService } = engine.client;
  const ask = workflowService.getWorkflowExecutionHistory.bind(workflowService);
  let polls = 0;
  const counted = vi.spyOn(workflowService, 'getWorkflowExecutionHistory').mockImplementation((async (
    request: never,
  ) => {
    polls += 1;
    return ask(request).finally(() => (polls -= 1));
  }) as never);
  const runs = temporalRuns(engine.client, () => new Date());
  const leaving = Array.from({ length: 20 }, () => new AbortController());
  const ends = leaving.map(({ signal }) => runs.ended({ deployment: engine.deployment, run }, signal));
  await vi.waitFor(() => expect(polls).toBe(20));
  const begin = performance.now();
  leaving.forEach((each) => each.abort(new Error('left')));
  await Promise.all(ends.map((end) => expect(end).rejects.toThrow('left')));
  // Temporal ends a long poll by itself after 20 seconds; this is about not waiting for that.
  expect(performance.now() - begin).toBeLessThan(5000);
  expect(polls).toBe(0);
  counted.mockRestore();
  fault.release();
});

test('a Temporal that resets every connection is tried with pauses and an end', async () => {
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    socket.on('error', () => undefined);
    socket.resetAndDestroy();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await expect(connectPatiently(`127.0.0.1:${port}`, 1000)).rejects.toMatchObject({ data: { code: 'no-server' } });
  server.close();
  console.log(`connections to a Temporal that resets them, in one second: ${connections}`);
  expect(connections).toBeGreaterThan(1);
  expect(connections).toBeLessThan(20);
});
