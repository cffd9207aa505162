import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest';

import { type Engine, startEngine } from '../support/engine.ts';

let engine: Engine;
let files: Record<string, string>;

const hosts = (...lines: readonly string[]): string =>
  `main: ${lines[0]!.split(':')[0]!.trim()}\nhosts:\n  ${lines.join('\n  ')}\n`;
const ssh = (name: string, n: number): string => `${name}: { address: 192.0.2.${n}, connection: ssh }`;

beforeEach(async () => {
  engine = await startEngine(inject('temporalAddress'), { size: { guests: 2, hosts: 2 }, deployment: 'known' });
  expect((await engine.run('up')).status).toBe('COMPLETED');
  files = {};
  const { files: real } = engine.ports;
  Object.assign(real, {
    readText: (
      (before) => async (path: string) =>
        files[path] ?? before(path)
    )(real.readText.bind(real)),
  });
});

afterEach(() => engine.stop());

const writeHosts = (text: string): void => void (files['/project/hosts.yaml'] = text);
const guestsOf = (host: string): string[] => Object.keys(engine.world.host(host).domains).sort();
const failure = async (run: ReturnType<Engine['run']>) => (await run).outcome?.failures[0]?.failure;

describe('down without the hosts file the laboratory was made with', () => {
  test('finds and removes all of it', async () => {
    const { hostsFile: _none, ...input } = { hostsFile: undefined };
    const handle = await engine.start('down', { purge: true }, { ...input, hostsFile: undefined as never });
    expect((await engine.ended(handle)).status).toBe('COMPLETED');
    expect(await engine.text()).toBe('');
    expect(await engine.store.deployment('known')).toBeUndefined();
  });

  test('refuses while a known host is silent, says what is there, and keeps record and keys', async () => {
    engine.world.gone.add('h1');
    const failed = await failure(engine.run('down', { purge: true }, { hostsFile: undefined as never }));
    expect(failed).toMatchObject({ code: 'host-unreachable', host: 'h1' });
    expect(failed?.message).toContain('g1');
    expect(await engine.store.deployment('known')).toBeDefined();
  });
});

describe('a guest whose host is silent or gone from the hosts file', () => {
  test('is never made a second time elsewhere; the way out is named', async () => {
    engine.world.gone.add('h1');
    writeHosts(hosts(ssh('main', 1)));
    const failed = await failure(engine.run('up'));
    expect(failed).toMatchObject({ code: 'held-elsewhere', host: 'h1' });
    expect(failed?.message).toContain('g1');
    expect(failed?.hint).toMatch(/--replace.*host forget h1/);
    expect(guestsOf('main')).toEqual(['known-g0']);
    expect((await engine.run('up', { replace: true })).status).toBe('FAILED');
  });

  test('is moved with --replace when that host answers, and the old copy goes', async () => {
    writeHosts(hosts(ssh('main', 1)));
    expect(await failure(engine.run('up'))).toMatchObject({ code: 'needs-replace' });
    expect((await engine.run('up', { replace: true })).status).toBe('COMPLETED');
    expect(guestsOf('main')).toEqual(['known-g0', 'known-g1']);
    expect(guestsOf('h1')).toEqual([]);
    // It leaves by an answer that holds nothing.
    expect((await engine.run('up')).status).toBe('COMPLETED');
    expect((await engine.store.deployment('known'))?.known?.map(({ host }) => host.name)).toEqual(['main']);
  });
});

describe('a host that never comes back', () => {
  test('is forgotten when that is asked, and its guests are made anew elsewhere', async () => {
    expect(await failure(engine.run('forget', { host: 'h1' }))).toMatchObject({ code: 'cannot-now', host: 'h1' });
    engine.world.gone.add('h1');
    writeHosts(hosts(ssh('main', 1)));
    expect(await failure(engine.run('forget', { host: 'h9' }))).toMatchObject({ code: 'no-such-host', object: 'h9' });
    expect((await engine.run('forget', { host: 'h1' })).status).toBe('COMPLETED');
    expect((await engine.store.deployment('known'))?.known?.map(({ host }) => host.name)).toEqual(['main']);
    expect((await engine.run('up')).status).toBe('COMPLETED');
    expect(guestsOf('main')).toEqual(['known-g0', 'known-g1']);
  });
});

describe('one machine', () => {
  test('under another name is one host, and nothing is made anew', async () => {
    engine.world.aliases.set('beta', 'h1');
    writeHosts(hosts(ssh('main', 1), ssh('beta', 2)));
    const { status, outcome } = await engine.run('up');
    expect(outcome?.failures).toEqual([]);
    expect(status).toBe('COMPLETED');
    expect(guestsOf('h1')).toEqual(['known-g0', 'known-g1'].slice(1));
    expect(engine.world.host('h1').boots).toBe(1);
    const down = await engine.run('down', { purge: true });
    expect(down.status).toBe('COMPLETED');
    expect(JSON.stringify(engine.world.host('h1').domains)).toBe('{}');
    expect(engine.world.host('h1').records).toEqual({});
  });

  test('named twice in the hosts file is refused', async () => {
    engine.world.aliases.set('beta', 'h1');
    writeHosts(hosts(ssh('main', 1), ssh('h1', 2), ssh('beta', 3)));
    expect(await failure(engine.run('up'))).toMatchObject({ code: 'one-machine-twice', object: 'beta' });
  });
});

test('a changed main host loses no row: they are read where main was, too', async () => {
  writeHosts(hosts(ssh('h1', 2), ssh('main', 1)));
  expect(await failure(engine.run('up'))).toMatchObject({ code: 'needs-replace' });
  expect((await engine.run('up', { replace: true })).status).toBe('COMPLETED');
  expect(engine.world.host('main').rows).toEqual({});
  expect(Object.keys(engine.world.host('h1').rows).length).toBeGreaterThan(0);
});

test('a second copy of a guest is seen by status and plan, and removed when asked', async () => {
  const [from, to] = [engine.world.host('h1'), engine.world.host('main')];
  to.domains['known-g1'] = structuredClone(from.domains['known-g1']!);
  for (const ref of ['disk:known-g1', 'seed:known-g1'] as const) to.records[ref] = structuredClone(from.records[ref]!);
  Object.assign(to.files, from.files);
  const status = await engine.read('status');
  expect(status.guests.find(({ name }) => name === 'g1')?.alsoOn).toEqual(['main']);
  const { text } = await engine.read('plan');
  expect(text).toContain('nothing to do');
  expect(text).toContain('it is a second copy, wanted on h1; up --replace removes it');
  expect((await engine.run('up', { replace: true })).status).toBe('COMPLETED');
  expect(to.domains['known-g1']).toBeUndefined();
  expect(from.domains['known-g1']?.state).toBe('running');
});

test('a deployment belongs to its folder', async () => {
  files['/elsewhere/kvm-compose.yaml'] = await engine.ports.files.readText('/project/kvm-compose.yaml');
  files['/elsewhere/hosts.yaml'] = await engine.ports.files.readText('/project/hosts.yaml');
  const failed = await failure(engine.run('up', {}, { folder: '/elsewhere' }));
  expect(failed).toMatchObject({ code: 'deployment-elsewhere', object: 'known' });
  expect(failed?.message).toContain('/project');
  expect(failed?.message).toContain('/elsewhere');
  expect(failed?.hint).toContain('--project-name');
});

test('status of one guest asks only its own host', async () => {
  engine.world.gone.add('main');
  const status = await engine.read('status', { guests: ['g1'] });
  expect(status.guests).toMatchObject([{ name: 'g1', state: 'running' }]);
  expect(status.hosts.map(({ name }) => name)).toEqual(['h1']);
});
