import { afterEach, beforeEach, expect, inject, test } from 'vitest';

import { type Engine, startEngine } from '../support/engine.ts';

let engine: Engine;

beforeEach(async () => {
  engine = await startEngine(inject('temporalAddress'), { size: { guests: 3, hosts: 2 }, deployment: 'life' });
  expect((await engine.run('up')).status).toBe('COMPLETED');
});

afterEach(() => engine.stop());

/** Makes a port of the last guest one that a person asked for; returns its name. */
function askForPort(): string {
  const { rows } = engine.world.host('main');
  const named = Object.values(rows).flatMap((row) => {
    const { name } = row.columns;
    return typeof name === 'string' && name.includes('g2') ? [{ row, name }] : [];
  });
  const { row, name } = named[0]!;
  const ids = { ...(row.columns['external_ids'] as Record<string, string>), 'kvm-compose-life': 'person' };
  rows[row.uuid] = { ...row, columns: { ...row.columns, external_ids: ids } };
  return name;
}

const asked = async (): Promise<string[]> =>
  (await engine.read('status')).kept.filter((each) => each.asked).map(({ name }) => name);

test('what a person asked for outlives its guest, gc and down, is told, and ends with down --purge', async () => {
  const port = askForPort();
  engine.edit({ guests: 2, hosts: 2 });
  expect((await engine.run('up', { replace: true })).status).toBe('COMPLETED');
  expect(await engine.text()).toContain(`port ${port} `);
  expect(await engine.text()).not.toContain('domain life-g2');
  expect(await asked()).toEqual([port]);

  expect((await engine.run('gc')).outcome).toMatchObject({ status: 'completed', summary: { delete: 0 } });
  expect((await engine.run('up')).outcome?.summary).toMatchObject({ create: 0, delete: 0 });

  expect((await engine.run('down')).status).toBe('COMPLETED');
  const text = await engine.text();
  expect(text).toContain(`port ${port} `);
  expect(text).not.toMatch(/^domain |^access /m);
  expect(await asked()).toEqual([port]);
  expect(await engine.store.deployment('life')).toBeDefined();

  expect((await engine.run('down', { purge: true })).status).toBe('COMPLETED');
  expect(await engine.text()).toBe('');
  expect(await engine.store.deployment('life')).toBeUndefined();
});

test('what a person asked for is garbage once nobody remembers its deployment', async () => {
  askForPort();
  await engine.store.removeDeployment('life');
  expect((await engine.run('gc')).status).toBe('COMPLETED');
  expect(await engine.text()).toBe('');
});
