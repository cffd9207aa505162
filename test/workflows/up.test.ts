import { afterEach, describe, expect, inject, test } from 'vitest';

import { searchAttributeNames } from '../../src/model/search-attributes.ts';
import { type Engine, type EngineOptions, startEngine } from '../support/engine.ts';

let engine: Engine;

async function engineWith(options: EngineOptions): Promise<Engine> {
  engine = await startEngine(inject('temporalAddress'), options);
  return engine;
}

afterEach(() => engine.stop());

describe('up', () => {
  test('makes the hosts match the file, and a second one has nothing to do', async () => {
    const { run, world, store, deployment } = await engineWith({ size: { guests: 4, hosts: 2, scriptEvery: 2 } });
    const first = await run('up');
    expect(first.status).toBe('COMPLETED');
    expect(first.outcome).toMatchObject({ status: 'completed', failures: [], skipped: 0, leftovers: [] });
    const domains = ['main', 'h1'].flatMap((host) => Object.values(world.host(host).domains));
    expect(domains.map(({ domain, state }) => `${domain.guest} ${state}`).sort()).toEqual([
      'g0 running',
      'g1 running',
      'g2 running',
      'g3 running',
    ]);
    const second = await run('up');
    expect(second.outcome).toMatchObject({ status: 'completed', summary: { create: 0, change: 0, delete: 0, run: 0 } });
    expect((await store.runs(deployment)).map(({ status }) => status)).toEqual(['completed', 'completed']);
  });

  test('after one guest more makes that guest and touches no other', async () => {
    const size = { guests: 4, hosts: 2, scriptEvery: 1 };
    const { run, edit, events } = await engineWith({ size });
    await run('up');
    edit({ ...size, guests: 5 });
    const { status, runId } = await run('up');
    expect(status).toBe('COMPLETED');
    const done = events.all(runId).filter(({ code }) => code === 'item-done');
    expect([...new Set(done.map(({ guest }) => guest))]).toEqual(['g4']);
  });

  test('waits for a host that goes away in the middle, and goes on when it is back', async () => {
    const { start, ended, world, events } = await engineWith({ size: { guests: 4, hosts: 2 } });
    const fault = world.faults.lay({ kind: 'hold', item: 'create libvirt.domain', host: 'h1' });
    const handle = await start('up');
    await fault.struck;
    world.gone.add('h1');
    fault.release();
    const retried = (): boolean =>
      events.all(handle.firstExecutionRunId).some(({ code, host }) => code === 'batch-retry' && host === 'h1');
    await expect.poll(retried, { timeout: 20_000 }).toBe(true);
    world.gone.delete('h1');
    expect((await ended(handle)).outcome).toMatchObject({ status: 'completed', failures: [] });
  });

  test('shows its hosts, guests and furthest stage in the list of runs', async () => {
    const { start, ended, client, deployment } = await engineWith({ size: { guests: 3, hosts: 2, scriptEvery: 1 } });
    const handle = await start('up');
    await ended(handle);
    const { searchAttributes, memo } = await client.workflow.getHandle(`testbed/${deployment}`).describe();
    expect(searchAttributes).toMatchObject({
      [searchAttributeNames.hosts]: ['main', 'h1'],
      [searchAttributeNames.guests]: [3],
      [searchAttributeNames.stage]: ['setup'],
    });
    expect(memo).toMatchObject({ outcome: { status: 'completed' } });
  });
});
