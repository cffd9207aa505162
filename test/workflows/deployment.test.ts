import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest';

import { listDeployments } from '../../src/api/list-deployments.ts';
import { temporalRuns } from '../../src/client/temporal-runs.ts';
import type { DeploymentRecord } from '../../src/ports/store.ts';
import { noSecrets } from '../support/doubles.ts';
import { type Engine, startEngine } from '../support/engine.ts';

const size = { guests: 2, hosts: 2, scriptEvery: 2 };
const deployment = 'booked';
let engine: Engine;
let forgotten: string[];
let written: Record<string, string>;

beforeEach(async () => {
  forgotten = [];
  written = {};
  const secrets = { ...noSecrets, forget: async (prefix: string) => void forgotten.push(prefix) };
  engine = await startEngine(inject('temporalAddress'), { size, deployment, ports: { secrets } });
  const { files } = engine.ports;
  const readText = files.readText.bind(files);
  Object.assign(files, { readText: async (path: string) => written[path] ?? readText(path) });
});

afterEach(() => engine.stop());

const record = (): Promise<DeploymentRecord | undefined> => engine.store.deployment(deployment);
const failure = async (run: ReturnType<Engine['run']>) => (await run).outcome?.failures[0]?.failure;
const told = (run: string, code: string): string[] =>
  engine.events
    .all(run)
    .filter((each) => each.code === code)
    .map(({ text }) => text);
const look = () => engine.read('garbage', { deployment: '', folder: '/', hostsFile: undefined as never });
const world = (): string => JSON.stringify(['main', 'h1'].map((host) => engine.world.host(host)));

describe('a deployment that is created', () => {
  test('is listed as created with its folder, and nothing is made on any host', async () => {
    const { status, runId } = await engine.run('create');
    expect(status).toBe('COMPLETED');
    expect(told(runId, 'deployment-created')).toEqual([`${deployment} belongs to /project now`]);
    const runs = temporalRuns(engine.clients, () => new Date());
    expect(await listDeployments({ runs, store: engine.store }, deployment)).toMatchObject([
      { name: deployment, folder: '/project', hostsFile: '/project/hosts.yaml', hosts: [], status: 'created' },
    ]);
    expect(await engine.text()).toBe('');
  });

  test('is created once, however often that is asked, and up makes it', async () => {
    await engine.run('create');
    const before = await record();
    const { status, runId } = await engine.run('create');
    expect(status).toBe('COMPLETED');
    expect(told(runId, 'deployment-created')).toEqual([`${deployment} belongs to /project already`]);
    expect(await record()).toEqual(before);
    expect((await engine.run('up')).status).toBe('COMPLETED');
  });

  test('loses nothing that is known of it when it is up and created again', async () => {
    await engine.run('up');
    const before = await record();
    expect((await engine.run('create', {}, { file: 'kvm-compose.yaml' })).status).toBe('COMPLETED');
    expect(await record()).toEqual(before);
    expect((await engine.store.wanted(deployment)).length).toBeGreaterThan(0);
  });

  test('keeps its name from another folder, both of which are named', async () => {
    await engine.run('create');
    for (const command of ['create', 'up'] as const) {
      const failed = await failure(engine.run(command, {}, { folder: '/elsewhere' }));
      expect(failed).toMatchObject({ code: 'deployment-elsewhere', object: deployment });
      expect(failed?.message).toMatch(/\/project\b.*\/elsewhere\b/);
    }
    expect(await record()).toMatchObject({ folder: '/project', status: 'created' });
  });

  test('is refused where its file is missing or wrong, and nothing is registered', async () => {
    expect(await failure(engine.run('create', {}, { file: 'none.yaml' }))).toMatchObject({ code: 'file-missing' });
    engine.rewrite(() => 'machines: [');
    expect(await failure(engine.run('create'))).toMatchObject({ code: 'invalid-project' });
    expect(await record()).toBeUndefined();
  });

  test('is forgotten by down --purge, though its hosts are silent and their file has gone', async () => {
    await engine.run('create');
    engine.world.gone.add('main').add('h1');
    expect(await failure(engine.run('up'))).toMatchObject({ code: 'host-unreachable' });
    expect((await record())?.status).toBe('up failed');
    expect((await engine.run('down', { purge: true })).status).toBe('COMPLETED');
    expect(await record()).toBeUndefined();
    await engine.run('create');
    const gone = { hostsFile: '/project/gone.yaml' };
    expect((await engine.run('down', { purge: true }, gone)).status).toBe('COMPLETED');
    expect(await record()).toBeUndefined();
    expect(forgotten).toEqual([`${deployment}/`, `${deployment}/`]);
  });

  test('has no state to reset', async () => {
    await engine.run('create');
    const before = await record();
    expect((await engine.run('reset')).status).toBe('COMPLETED');
    expect(await record()).toEqual(before);
    expect(forgotten).toEqual([]);
  });
});

/** A run somebody ended in Temporal while it made domains. */
async function stick(command: 'up' | 'down' = 'up', item = 'create libvirt.domain'): Promise<void> {
  const held = engine.world.faults.lay({ kind: 'hold', item });
  const handle = await engine.start(command);
  await held.struck;
  await handle.terminate('past us');
  held.release();
}

describe('a state that is stuck', () => {
  test('is reset to what hosts hold: what was never made is believed no more, and hosts are as they were', async () => {
    engine.world.faults.lay({ kind: 'fail', item: `create libvirt.domain:${deployment}-g1`, class: 'permanent' });
    await engine.run('up');
    const before = world();
    const { status, runId } = await engine.run('reset');
    expect(status).toBe('COMPLETED');
    expect(world()).toBe(before);
    expect(told(runId, 'state-reset')).toContain(`libvirt.domain:${deployment}-g1 is not on h1: forgotten`);
    const after = (await record())!;
    expect(after).toMatchObject({ status: 'reset completed', placement: { g0: 'main', g1: 'h1' } });
    expect(after.before).toBeUndefined();
    expect(after.wants!['h1']).not.toContain(`libvirt.domain:${deployment}-g1`);
    expect(after.wants!['h1']).toContain(`disk:${deployment}-g1`);
    const rows = (await engine.store.wanted(deployment)).map(({ kind, name, host }) => `${kind}:${name} ${host}`);
    const wants = Object.entries(after.wants!).flatMap(([host, refs]) => refs.map((ref) => `${ref} ${host}`));
    expect(rows.sort()).toEqual(wants.sort());
    expect((await look()).counts).toMatchObject({ surplus: 0 });
    expect((await engine.run('up')).status).toBe('COMPLETED');
    expect((await engine.read('status')).missing).toBe(0);
  });

  test('of a laboratory that is as it should be changes only the last word', async () => {
    await engine.run('up');
    const before = (await record())!;
    const { runId } = await engine.run('reset');
    const kept = Object.values(before.wants!).flat().length;
    expect(told(runId, 'state-reset')).toEqual([`0 corrected, ${kept} as they were`]);
    const { wants, known, placement } = (await record())!;
    expect({ known, placement }).toEqual({ known: before.known, placement: before.placement });
    expect(sorted(wants)).toEqual(sorted(before.wants));
    expect((await engine.read('status')).guests).toMatchObject([{ ready: true }, { ready: true }]);
    expect((await engine.read('plan')).text).toContain('nothing to do');
  });

  test('after a run was terminated claims what was wanted before and is there, so gc takes nothing of it', async () => {
    await engine.run('up');
    engine.edit({ ...size, guests: 1 });
    await stick('up', 'delete libvirt.domain');
    expect((await engine.run('reset')).status).toBe('COMPLETED');
    const report = await look();
    expect(report.counts.surplus).toBe(0);
  });

  test('forgets the deployment and its keys when every known host has answered and holds nothing', async () => {
    await engine.run('up');
    for (const host of ['main', 'h1']) {
      Object.assign(engine.world.host(host), { rows: {}, records: {}, files: {}, links: {}, domains: {}, ports: {} });
    }
    expect((await engine.run('reset')).status).toBe('COMPLETED');
    expect(await record()).toBeUndefined();
    expect(await engine.store.wanted(deployment)).toEqual([]);
    expect(forgotten).toEqual([`${deployment}/`]);
  });

  test('keeps what is known of a host that does not answer, and names it', async () => {
    await engine.run('up');
    const before = (await record())!;
    Object.assign(engine.world.host('main'), { rows: {}, records: {}, files: {}, links: {}, domains: {}, ports: {} });
    engine.world.gone.add('h1');
    const { status, runId } = await engine.run('reset');
    expect(status).toBe('COMPLETED');
    expect(told(runId, 'host-silent')).toEqual([expect.stringContaining('h1 does not answer, so what is known there')]);
    const after = (await record())!;
    expect(sorted(after.wants)).toEqual(sorted({ h1: before.wants!['h1']! }));
    expect(after.placement).toEqual({ g1: 'h1' });
    expect(after.known?.map(({ host }) => host.name)).toEqual(['h1']);
    expect((await engine.store.wanted(deployment)).every(({ host }) => host === 'h1')).toBe(true);
    expect(forgotten).toEqual([]);
  });

  test('is reset though the hosts file names other hosts now, or has gone', async () => {
    await engine.run('up');
    const before = (await record())!;
    written['/project/hosts.yaml'] = 'main: main\nhosts:\n  main: { address: 192.0.2.1, connection: ssh }\n';
    expect((await engine.run('reset')).status).toBe('COMPLETED');
    expect(sorted((await record())!.wants)).toEqual(sorted(before.wants));
    expect((await engine.run('reset', {}, { hostsFile: '/project/gone.yaml' })).status).toBe('COMPLETED');
    expect(sorted((await record())!.wants)).toEqual(sorted(before.wants));
  });

  test('goes by machines: a host that has another name now has what it had', async () => {
    await engine.run('up');
    written['/project/hosts.yaml'] =
      'main: main\nhosts:\n  main: { address: 192.0.2.1, connection: ssh }\n  beta: { address: 192.0.2.9, connection: ssh }\n';
    engine.world.aliases.set('beta', 'h1');
    const { runId } = await engine.run('reset');
    expect(told(runId, 'state-reset')).toEqual([expect.stringMatching(/^0 corrected, \d+ as they were$/)]);
    expect(await record()).toMatchObject({ hosts: ['main', 'beta'], placement: { g0: 'main', g1: 'beta' } });
    expect((await look()).counts.surplus).toBe(0);
    expect((await engine.read('status')).guests).toMatchObject([{ ready: true }, { ready: true }]);
  });

  test('believes a guest on the host it is found on', async () => {
    await engine.run('up');
    const [from, to] = [engine.world.host('h1'), engine.world.host('main')];
    to.domains[`${deployment}-g1`] = from.domains[`${deployment}-g1`]!;
    delete from.domains[`${deployment}-g1`];
    from.ports = {};
    const { runId } = await engine.run('reset');
    expect(told(runId, 'state-reset')).toContain(`libvirt.domain:${deployment}-g1 is on main, not on h1`);
    const { wants } = (await record())!;
    expect(wants!['main']).toContain(`libvirt.domain:${deployment}-g1`);
    expect(wants!['h1']).toContain(`disk:${deployment}-g1`);
    expect((await look()).counts.surplus).toBe(0);
  });

  test('of a release that kept names only keeps them, with places', async () => {
    await engine.run('up');
    const { known: _known, ...before } = (await record())!;
    await engine.store.putDeployment(before);
    await engine.store.putWanted(deployment, []);
    expect((await engine.run('reset')).status).toBe('COMPLETED');
    const { wants, placement, known } = (await record())!;
    expect(sorted(wants)).toEqual(sorted(before.wants));
    expect(placement).toEqual(before.placement);
    expect(known?.map(({ host }) => host.address)).toEqual(['192.0.2.1', '192.0.2.2']);
  });

  test('is refused while a run goes on, and where nobody knows the deployment', async () => {
    const held = engine.world.faults.lay({ kind: 'hold', item: 'create libvirt.domain' });
    const handle = await engine.start('up');
    await held.struck;
    await expect(engine.start('reset')).rejects.toMatchObject({ name: 'WorkflowExecutionAlreadyStartedError' });
    held.release();
    await engine.ended(handle);
    await engine.run('down', { purge: true });
    expect(await failure(engine.run('reset'))).toMatchObject({ code: 'no-such-deployment', object: deployment });
  });
});

function sorted(wants: DeploymentRecord['wants']): Record<string, string[]> {
  return Object.fromEntries(Object.entries(wants ?? {}).map(([host, refs]) => [host, [...refs].sort()]));
}
