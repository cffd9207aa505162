import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest';

import { type Engine, startEngine } from '../support/engine.ts';

let engine: Engine;

beforeEach(async () => {
  const size = { guests: 4, hosts: 2, scriptEvery: 2 };
  engine = await startEngine(inject('temporalAddress'), { size, deployment: 'verbs' });
  expect((await engine.run('up')).status).toBe('COMPLETED');
});

afterEach(() => engine.stop());

const stateOf = (guest: string): string | undefined =>
  ['main', 'h1'].map((host) => engine.world.host(host).domains[`verbs-${guest}`]?.state).find(Boolean);

const planText = async (): Promise<string> => (await engine.read('plan')).text;

const status = () => engine.read('status');

describe('guests that are named or matched', () => {
  test('are stopped, told as stopped by a person and not as drift, and started again by up', async () => {
    const { status: ended, outcome } = await engine.run('stop', {}, { guests: ['g0', 'verbs-g1'] });
    expect(ended).toBe('COMPLETED');
    expect(outcome?.summary.verbs).toEqual({ stop: 2 });
    expect(['g0', 'g1', 'g2', 'g3'].map(stateOf)).toEqual(['shut off', 'shut off', 'running', 'running']);
    const seen = await status();
    expect(seen.missing).toBe(0);
    expect(seen.asked).toBe(2);
    expect(seen.guests[0]).toMatchObject({ name: 'g0', wanted: 'running', ready: false });
    expect(seen.guests[0]!.state).toMatch(/^stopped by ann@laptop at \d{4}-\d\d-\d\d \d\d:\d\d UTC$/);
    expect(await planText()).toMatch(/change 1 libvirt\.domain on main: stopped by ann@laptop at /);
    expect((await engine.run('up')).status).toBe('COMPLETED');
    expect(['g0', 'g1'].map(stateOf)).toEqual(['running', 'running']);
    expect((await status()).asked).toBe(0);
  });

  test('are asked by glob, and a name that no guest bears is refused before anything is touched', async () => {
    expect((await engine.run('pause', {}, { guests: ['g?'] })).status).toBe('COMPLETED');
    expect(['g0', 'g1', 'g2', 'g3'].map(stateOf)).toEqual(Array(4).fill('paused'));
    const { status: ended, outcome } = await engine.run('resume', {}, { guests: ['g*', 'gg'] });
    expect(ended).toBe('FAILED');
    expect(outcome?.failures[0]?.failure).toMatchObject({ code: 'no-such-guest', object: 'gg' });
    expect(stateOf('g0')).toBe('paused');
    expect((await engine.run('resume', {}, { guests: ['g*'] })).status).toBe('COMPLETED');
    expect(stateOf('g0')).toBe('running');
    expect((await status()).guests.every(({ ready }) => ready)).toBe(true);
  });

  test('need neither the project file nor its images', async () => {
    engine.rewrite(() => 'machines: [');
    expect((await engine.run('stop', {}, { guests: ['g0'] })).status).toBe('COMPLETED');
    expect((await status()).guests).toHaveLength(4);
    expect((await engine.run('start', {}, { guests: ['g0'] })).status).toBe('COMPLETED');
    expect((await status()).guests.every(({ ready }) => ready)).toBe(true);
  });

  test('that are already so are left alone', async () => {
    await engine.run('stop', {}, { guests: ['g0'] });
    const { status: ended, outcome } = await engine.run('stop', {}, { guests: ['g0'] });
    expect(ended).toBe('COMPLETED');
    expect(outcome?.summary).toEqual({ create: 0, change: 0, delete: 0, run: 0 });
  });
});

test('a restart that is cancelled rolls back, and its guests run', async () => {
  const fault = engine.world.faults.lay({ kind: 'hold', item: 'restart libvirt.domain:verbs-g1' });
  const handle = await engine.start('restart', {}, { guests: ['*'] });
  await fault.struck;
  await engine.cancel(handle);
  expect((await engine.ended(handle)).status).toBe('CANCELLED');
  expect(['g0', 'g1', 'g2', 'g3'].map(stateOf)).toEqual(Array(4).fill('running'));
});

test('a worker that dies in a restart restarts nothing twice', async () => {
  const before = engine.world.host('h1').boots;
  engine.world.faults.lay({ kind: 'lost reply', item: 'restart libvirt.domain:verbs-g1' });
  expect((await engine.run('restart', {}, { guests: ['g1'] })).status).toBe('COMPLETED');
  expect(engine.world.host('h1').boots).toBe(before + 1);
});

test('a script is run again when that is asked, once each time', async () => {
  const jobs = (): number =>
    Object.values(engine.world.host('main').jobs).flatMap((each) => Object.values(each)).length;
  const before = jobs();
  expect((await engine.run('rerun', { script: 'setup.sh' }, { guests: ['g0'] })).status).toBe('COMPLETED');
  expect(jobs()).toBe(before + 1);
  const { outcome } = await engine.run('rerun', {}, { guests: ['g1'] });
  expect(outcome?.failures[0]?.failure).toMatchObject({ code: 'cannot-now' });
});

describe('a rebuild', () => {
  test('names the disk that would be lost, and does nothing without consent', async () => {
    const { status: ended, outcome } = await engine.run('rebuild', {}, { guests: ['g0'] });
    expect(ended).toBe('FAILED');
    expect(outcome?.failures[0]?.failure).toMatchObject({ code: 'needs-replace' });
    expect(outcome?.failures[0]?.failure.message).toContain('disks/g0.qcow2');
  });

  test('makes the guest anew from its image and runs its setup script again', async () => {
    const { status: ended, runId } = await engine.run('rebuild', { lose: true }, { guests: ['g0'] });
    expect(ended).toBe('COMPLETED');
    const done = engine.events
      .all(runId)
      .filter(({ code }) => code === 'item-done')
      .map(({ data }) => data?.['item']);
    expect(done).toContain('create disk:verbs-g0');
    expect(done).toContain('run script:verbs-g0-setup');
    expect(done.filter((item) => String(item).includes('g1'))).toEqual([]);
    expect(await planText()).toContain('nothing to do');
  });
});

describe('down', () => {
  test('keeps disks and keys; up goes on with them and runs no setup script again', async () => {
    expect((await engine.run('down')).status).toBe('COMPLETED');
    const text = await engine.text();
    expect(text.match(/^disk /gm)).toHaveLength(4);
    expect(text).not.toMatch(/^domain |^port |^access /m);
    const kept = (await status()).kept;
    expect(kept).toHaveLength(4);
    expect(kept.every(({ bytes }) => bytes !== undefined)).toBe(true);
    expect(await engine.store.deployment('verbs')).toBeDefined();
    const { status: ended, runId } = await engine.run('up');
    expect(ended).toBe('COMPLETED');
    const done = engine.events
      .all(runId)
      .filter(({ code }) => code === 'item-done')
      .map(({ data }) => String(data?.['item']));
    expect(done).toContain('create libvirt.domain:verbs-g0');
    expect(done.filter((item) => /disk|seed|script/.test(item))).toEqual([]);
    expect(await planText()).toContain('nothing to do');
  });

  test('a second time has nothing to do', async () => {
    await engine.run('down');
    const { outcome } = await engine.run('down');
    expect(outcome?.summary).toEqual({ create: 0, change: 0, delete: 0, run: 0 });
  });

  test('with --purge leaves nothing, and the disks go last', async () => {
    engine.world.faults.lay({ kind: 'fail', item: 'delete libvirt.domain:verbs-g1', class: 'permanent' });
    expect((await engine.run('down', { purge: true })).status).toBe('FAILED');
    expect((await engine.text()).match(/^disk /gm)).toHaveLength(4);
    expect((await engine.run('down', { purge: true })).status).toBe('COMPLETED');
    expect(await engine.text()).toBe('');
    expect(await engine.store.deployment('verbs')).toBeUndefined();
    expect(await engine.store.wanted('verbs')).toEqual([]);
  });

  test('of one guest purges that guest only, and the others run on', async () => {
    expect((await engine.run('down', { purge: true }, { guests: ['g3'] })).status).toBe('COMPLETED');
    const text = await engine.text();
    expect(text).not.toMatch(/g3/);
    expect(['g0', 'g1', 'g2'].map(stateOf)).toEqual(['running', 'running', 'running']);
    expect((await engine.store.wanted('verbs')).some(({ guest }) => guest === 'g3')).toBe(false);
  });

  test('a cancelled first up still removes the disks it made', async () => {
    await engine.run('down', { purge: true });
    const fault = engine.world.faults.lay({ kind: 'hold', item: 'create guest.ready' });
    const handle = await engine.start('up');
    await fault.struck;
    await engine.cancel(handle);
    await engine.ended(handle);
    expect(await engine.text()).toBe('');
  });
});

test('flags of up ask what verbs ask: every script again, every access rule anew', async () => {
  const { outcome, status: ended } = await engine.run('up', { rerunScripts: true });
  expect(ended).toBe('COMPLETED');
  expect(outcome?.summary.run).toBe(2);
  expect((await engine.run('up', { forceProvisioning: true })).outcome?.failures[0]?.failure.code).toBe(
    'needs-replace',
  );
  const again = await engine.run('up', { forceProvisioning: true, lose: true });
  expect(again.status).toBe('COMPLETED');
  expect(again.outcome?.summary).toMatchObject({ run: 2 });
});
