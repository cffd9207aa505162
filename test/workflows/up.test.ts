import { afterEach, describe, expect, inject, test } from 'vitest';

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
});
