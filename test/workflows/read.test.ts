import type { WorkflowFailedError } from '@temporalio/client';
import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest';

import { type Engine, startEngine } from '../support/engine.ts';

const size = { guests: 2, hosts: 2, scriptEvery: 1 };
let engine: Engine;

beforeEach(async () => {
  engine = await startEngine(inject('temporalAddress'), { size });
});

afterEach(() => engine.stop());

describe('plan', () => {
  const plan = () => engine.read('plan');

  test('says what up would do, and touches nothing', async () => {
    expect((await plan()).text).toContain('create 1 libvirt.domain on main: missing');
    expect(await engine.text()).toBe('');
  });

  test('says that there is nothing to do after up', async () => {
    await engine.run('up');
    expect((await plan()).text).toBe(`${engine.deployment}: nothing to do, the hosts match the file\n`);
  });

  test('names what up would refuse', async () => {
    await engine.run('up');
    engine.rewrite((text) => text.replace('- name: g1\n', '- name: g1\n    placement: { host: main }\n'));
    expect((await plan()).refused).toMatchObject([{ code: 'needs-replace' }]);
  });

  test('tells of the disk of a guest that left the file, and refuses nothing for it', async () => {
    await engine.run('up');
    engine.edit({ ...size, guests: 1 });
    const { refused, text } = await plan();
    expect(refused).toEqual([]);
    expect(text).toContain('its guest is not in the file');
  });

  test('does not wait for a run that holds the deployment', async () => {
    const fault = engine.world.faults.lay({ kind: 'hold', item: 'create libvirt.domain' });
    const handle = await engine.start('up');
    await fault.struck;
    expect((await plan()).text).toContain('libvirt.domain');
    fault.release();
    await engine.ended(handle);
  });

  test('that was signed long ago is refused', async () => {
    const expired = engine.read('plan', { expires: new Date(0).toISOString() });
    const error: unknown = await expired.catch((thrown: unknown) => thrown);
    expect((error as WorkflowFailedError).cause).toMatchObject({ type: 'expired-input' });
  });
});

describe('status', () => {
  test('shows guests as they are', async () => {
    expect(await engine.read('status')).toMatchObject({ guests: [{ state: 'absent' }, { state: 'absent' }] });
    await engine.run('up');
    engine.world.host('h1').domains[`${engine.deployment}-g1`]!.state = 'shut off';
    expect(await engine.read('status')).toMatchObject({
      hosts: [
        { name: 'main', answered: true },
        { name: 'h1', answered: true },
      ],
      guests: [
        { name: 'g0', host: 'main', state: 'running', ready: true, addresses: ['10.50.1.1'] },
        { name: 'g1', host: 'h1', state: 'shut off', ready: false },
      ],
      missing: 2,
      surplus: 0,
    });
  });

  test('says of a host that does not answer that nothing is known', async () => {
    await engine.run('up');
    engine.world.gone.add('h1');
    expect(await engine.read('status')).toMatchObject({
      hosts: [{ answered: true }, { name: 'h1', answered: false, reason: 'host h1 does not answer' }],
      guests: [
        { name: 'g0', state: 'running' },
        { name: 'g1', state: 'unknown', ready: false },
      ],
      missing: 0,
      surplus: 0,
    });
  });
});
