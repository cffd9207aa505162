import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest';

import type { SimulatedHost } from '../../src/adapters/sim/state.ts';
import type { GarbageReport } from '../../src/model/garbage.ts';
import { type Engine, inputOf, startEngine } from '../support/engine.ts';
import { keepHistory } from '../support/histories.ts';

const size = { guests: 2, hosts: 2, scriptEvery: 1 };
let engine: Engine;

beforeEach(async () => {
  engine = await startEngine(inject('temporalAddress'), { size });
});

afterEach(() => engine.stop());

const look = async (): Promise<GarbageReport> =>
  await engine.read('garbage', { deployment: '', folder: '/', hostsFile: '/project/hosts.yaml' });

/** As the command line asks when no hosts file is named. */
const nobodys = { deployment: '', folder: '/', hostsFile: undefined as never };

const hosts = (): SimulatedHost[] => [engine.world.host('main'), engine.world.host('h1')];

/** Everything on the hosts, as text to compare. */
const world = (): string => JSON.stringify(hosts());

const names = (items: GarbageReport['surplus']): string[] =>
  items.map(({ kind, name, host }) => `${kind} ${name} on ${host}`);

describe('a deployment that is up', () => {
  test('is no garbage, and nothing of it is missing', async () => {
    await engine.run('up');
    expect(await look()).toMatchObject({ counts: { surplus: 0, missing: 0, foreign: 0 }, removals: [], unread: [] });
  });

  test('loses nothing by gc', async () => {
    await engine.run('up');
    const before = world();
    expect((await engine.run('gc')).outcome).toMatchObject({ status: 'completed', summary: { delete: 0 } });
    expect(world()).toBe(before);
    expect(await engine.store.deployment(engine.deployment)).toMatchObject({ status: 'up completed' });
  });

  test('is said to lack what somebody removed from its hosts', async () => {
    await engine.run('up');
    const { deployment } = engine;
    delete engine.world.host('main').domains[`${deployment}-g0`];
    const { missing, counts } = await look();
    expect(counts.surplus).toBe(0);
    expect(missing).toContainEqual({
      deployment,
      host: 'main',
      kind: 'libvirt.domain',
      name: `${deployment}-g0`,
      why: 'gone, its ports are left',
    });
  });
});

describe('a deployment the server forgot', () => {
  beforeEach(async () => {
    await engine.run('up');
    await engine.store.removeDeployment(engine.deployment);
  });

  test('is garbage, item by item, with the reason', async () => {
    const { deployment } = engine;
    const { surplus, removals, counts } = await look();
    expect(names(surplus)).toContain(`libvirt.domain ${deployment}-g1 on h1`);
    expect(names(surplus)).toContain(`ovn.switch ${deployment}-lan on main`);
    expect(names(surplus)).toContain(`disk ${deployment}-g0 on main`);
    expect(new Set(surplus.map(({ why }) => why))).toEqual(new Set([`there is no deployment ${deployment} any more`]));
    expect(removals).toEqual([{ deployment, hostsFile: '/project/hosts.yaml', count: counts.surplus }]);
  });

  test('is removed whole by one run, and a second run finds nothing', async () => {
    const handle = await engine.start('gc');
    const { status, outcome } = await engine.ended(handle);
    await keepHistory('collected', handle);
    expect(status).toBe('COMPLETED');
    expect(outcome).toMatchObject({ failures: [], skipped: 0 });
    for (const { rows, records, files, links, domains } of hosts()) {
      expect({ rows, records, files, links, domains }).toEqual({
        rows: {},
        records: {},
        files: {},
        links: {},
        domains: {},
      });
    }
    expect((await look()).counts).toEqual({ surplus: 0, missing: 0, foreign: 0 });
    expect((await engine.run('gc')).outcome).toMatchObject({ summary: { delete: 0 } });
  });

  test('is found through the hosts file of an earlier run, when none is given', async () => {
    const report = await engine.read('garbage', nobodys);
    expect(report.counts.surplus).toBeGreaterThan(10);
  });

  test('keeps what is on a host that does not answer, which is said', async () => {
    engine.world.gone.add('h1');
    const { hosts: told } = await look();
    expect(told).toContainEqual(expect.objectContaining({ name: 'h1', answered: false }));
    const { status, runId } = await engine.run('gc');
    expect(status).toBe('COMPLETED');
    expect(engine.events.all(runId)).toContainEqual(expect.objectContaining({ code: 'host-silent', host: 'h1' }));
    engine.world.gone.delete('h1');
    expect(Object.keys(engine.world.host('main').domains)).toEqual([]);
    expect(names((await look()).surplus)).toContain(`libvirt.domain ${engine.deployment}-g1 on h1`);
  });

  test('leaves what has no mark, and is not even shown with it', async () => {
    const { deployment } = engine;
    const main = engine.world.host('main');
    const row = { table: 'Logical_Switch', uuid: 'hand-made', columns: { name: `${deployment}-mine` } } as const;
    const machine = main.domains[`${deployment}-g0`]!;
    main.rows[row.uuid] = row;
    main.domains[`${deployment}-byhand`] = {
      ...machine,
      domain: { ...machine.domain, name: `${deployment}-byhand` },
      xml: '<domain/>',
    };
    expect(names((await look()).surplus).filter((each) => /mine|byhand/.test(each))).toEqual([]);
    await engine.run('gc');
    expect(Object.keys(main.rows)).toEqual(['hand-made']);
    expect(Object.keys(main.domains)).toEqual([`${deployment}-byhand`]);
  });

  test('is not touched when it belongs to another installation, which is shown', async () => {
    const other = await startEngine(inject('temporalAddress'), {
      size,
      world: engine.world,
      deployment: engine.deployment,
    });
    try {
      const report = await other.read('garbage', {
        deployment: '',
        folder: '/',
        hostsFile: '/project/hosts.yaml',
      });
      expect(report.counts).toMatchObject({ surplus: 0, missing: 0 });
      expect(report.foreign).toContainEqual(
        expect.objectContaining({ kind: 'libvirt.domain', installation: engine.store.installation }),
      );
      const before = world();
      expect((await other.run('gc')).outcome).toMatchObject({ status: 'completed', summary: { delete: 0 } });
      expect(world()).toBe(before);
    } finally {
      await other.stop();
    }
  });
});

describe('what the last plan does not hold', () => {
  test('is garbage after a run was terminated, and the rest of the deployment stays', async () => {
    await engine.run('up');
    engine.edit({ guests: 1, hosts: 2, scriptEvery: 1 });
    const held = engine.world.faults.lay({ kind: 'hold', item: `delete libvirt.domain:${engine.deployment}-g1` });
    const handle = await engine.start('up', { replace: true });
    await held.struck;
    await handle.terminate('no patience');
    held.release();
    const { deployment } = engine;
    const { surplus } = await look();
    expect(new Set(surplus.map(({ why }) => why))).toEqual(
      new Set([`the last plan of ${deployment} does not hold it`]),
    );
    expect(names(surplus).every((each) => each.includes('g1') || each.endsWith('on h1') || each.includes('-h1'))).toBe(
      true,
    );
    expect((await engine.run('gc')).status).toBe('COMPLETED');
    expect((await look()).counts.surplus).toBe(0);
    expect(Object.keys(engine.world.host('main').domains)).toEqual([`${deployment}-g0`]);
    expect((await engine.run('up')).outcome).toMatchObject({ status: 'completed', summary: { create: 0, delete: 0 } });
  });

  test('is what was before, after a cancelled up took itself back', async () => {
    await engine.run('up');
    engine.edit({ guests: 1, hosts: 2, scriptEvery: 1 });
    const held = engine.world.faults.lay({ kind: 'hold', item: 'delete libvirt.domain' });
    const handle = await engine.start('up', { replace: true });
    await held.struck;
    await engine.cancel(handle);
    await engine.ended(handle);
    expect((await look()).counts.surplus).toBe(0);
  });

  test('is everything that a cancelled first up could not roll back', async () => {
    const { deployment } = engine;
    engine.world.faults.lay({ kind: 'fail', class: 'permanent', verb: 'undo', item: `create disk:${deployment}-g0` });
    const held = engine.world.faults.lay({ kind: 'hold', item: 'create libvirt.domain' });
    const handle = await engine.start('up');
    await held.struck;
    await engine.cancel(handle);
    expect((await engine.ended(handle)).outcome?.leftovers.length).toBeGreaterThan(0);
    expect(names((await look()).surplus)).toContain(`disk ${deployment}-g0 on main`);
    expect((await engine.run('gc')).status).toBe('COMPLETED');
    expect(await engine.text()).toBe('');
  });
});

test('gc waits for nobody: where a run goes on, its deployment is busy', async () => {
  const held = engine.world.faults.lay({ kind: 'hold', item: 'create libvirt.domain' });
  const handle = await engine.start('up');
  await held.struck;
  await expect(engine.start('gc')).rejects.toMatchObject({ name: 'WorkflowExecutionAlreadyStartedError' });
  held.release();
  expect((await engine.ended(handle)).status).toBe('COMPLETED');
});

test('a cancelled gc puts nothing back, and the next one goes on', async () => {
  await engine.run('up');
  await engine.store.removeDeployment(engine.deployment);
  const held = engine.world.faults.lay({ kind: 'hold', item: 'delete disk' });
  const handle = await engine.start('gc');
  await held.struck;
  await engine.cancel(handle);
  expect(await engine.ended(handle)).toMatchObject({ status: 'CANCELLED', outcome: { undone: 0 } });
  expect(Object.values(engine.world.host('main').domains)).toEqual([]);
  expect((await engine.run('gc')).status).toBe('COMPLETED');
  expect(await engine.text()).toBe('');
});

describe('a host that has left the hosts file', () => {
  const hostsFile = '/project/hosts.yaml';
  const onlyMain = { text: 'main: main\nhosts:\n  main: { address: 192.0.2.1, connection: ssh }\n' };
  let written: string | undefined;

  beforeEach(async () => {
    written = undefined;
    const { files } = engine.ports;
    const readText = files.readText.bind(files);
    Object.assign(files, {
      readText: async (path: string) => (path === hostsFile && written !== undefined ? written : readText(path)),
    });
    expect((await engine.run('up')).status).toBe('COMPLETED');
  });

  const collectOld = async () => {
    const handle = await engine.client.workflow.start('gc', {
      workflowId: 'testbed/old',
      taskQueue: engine.taskQueue,
      args: [inputOf('gc', 'old', {})],
    });
    return engine.ended(handle);
  };

  /** Another deployment's guest, whose deployment nobody remembers. */
  const leave = (host: string): void => {
    const { domains } = engine.world.host(host);
    const { deployment } = engine;
    const its = domains[`${deployment}-g1`] ?? domains[`${deployment}-g0`]!;
    const label = { ...its.domain, name: 'old-web' };
    domains['old-web'] = { ...its, domain: label, xml: its.xml.replaceAll(deployment, 'old') };
  };

  test('is still looked at while a deployment is known to be on it, and loses nothing that is wanted', async () => {
    written = onlyMain.text;
    const before = world();
    const report = await look();
    expect(report.hosts).toEqual([
      { name: 'main', address: '192.0.2.1', answered: true },
      { name: 'h1', address: '192.0.2.2', answered: true },
    ]);
    expect(report.counts).toEqual({ surplus: 0, missing: 0, foreign: 0 });
    expect((await engine.run('gc')).outcome).toMatchObject({ status: 'completed', summary: { delete: 0 } });
    expect(world()).toBe(before);
  });

  test('gives up what no plan holds, found and removed by a run of that deployment', async () => {
    written = onlyMain.text;
    const { deployment } = engine;
    const record = (await engine.store.deployment(deployment))!;
    const wants = Object.fromEntries(
      Object.entries(record.wants!).map(([host, refs]) => [host, refs.filter((ref) => !ref.includes('g1'))]),
    );
    await engine.store.putDeployment({ ...record, wants });
    const report = await look();
    expect(names(report.surplus)).toContain(`libvirt.domain ${deployment}-g1 on h1`);
    expect(report.removals).toEqual([{ deployment, hostsFile, count: report.counts.surplus }]);
    expect((await engine.run('gc')).status).toBe('COMPLETED');
    expect(engine.world.host('h1').domains).toEqual({});
    expect(Object.keys(engine.world.host('main').domains)).toEqual([`${deployment}-g0`]);
    expect((await look()).counts.surplus).toBe(0);
  });

  test('gives up what a forgotten deployment left there, though only another one is known to be on it', async () => {
    written = onlyMain.text;
    leave('h1');
    const { surplus, removals } = await look();
    expect(names(surplus)).toEqual(['libvirt.domain old-web on h1']);
    expect(removals).toEqual([{ deployment: 'old', count: 1 }]);
    const { status } = await collectOld();
    expect(status).toBe('COMPLETED');
    expect(Object.keys(engine.world.host('h1').domains)).toEqual([`${engine.deployment}-g1`]);
  });

  test('that does not answer is told, and keeps what it has', async () => {
    written = onlyMain.text;
    leave('h1');
    engine.world.gone.add('h1');
    const report = await look();
    expect(report.hosts[1]).toMatchObject({ name: 'h1', answered: false });
    expect(report.counts.surplus).toBe(0);
    const { status, runId } = await collectOld();
    expect(status).toBe('COMPLETED');
    expect(engine.events.all(runId)).toContainEqual(expect.objectContaining({ code: 'host-silent', host: 'h1' }));
    expect(Object.keys(engine.world.host('h1').domains)).toContain('old-web');
  });

  test('and is in it by another name and address is looked at once, and nothing on it is surplus', async () => {
    written = `${onlyMain.text}  beta: { address: 192.0.2.9, connection: ssh }\n`;
    engine.world.aliases.set('beta', 'h1');
    const before = world();
    const report = await look();
    expect(report.hosts.map(({ name }) => name)).toEqual(['main', 'beta']);
    expect(report.counts).toEqual({ surplus: 0, missing: 0, foreign: 0 });
    expect((await engine.run('gc')).outcome).toMatchObject({ status: 'completed', summary: { delete: 0 } });
    expect(world()).toBe(before);
  });

  test('and whose address leads to another machine now is told as a host that does not answer', async () => {
    written = `${onlyMain.text}  h1: { address: 192.0.2.2, connection: ssh }\n`;
    engine.world.aliases.set('h1', 'reinstalled');
    const report = await look();
    expect(report.hosts).toContainEqual(
      expect.objectContaining({ answered: false, reason: 'another machine answers there now' }),
    );
    expect(report.counts).toEqual({ surplus: 0, missing: 0, foreign: 0 });
  });
});
