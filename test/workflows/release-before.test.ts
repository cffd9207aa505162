import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';

import type { SimulatedHost } from '../../src/adapters/sim/state.ts';
import { takeLock } from '../../src/server/lock.ts';
import { output } from '../support/command.ts';
import { buildPrograms, type Said, serverIn, type TestServer } from '../support/server.ts';

/** What it holds and how it was made: test/fixtures/release-0.1/make.md. */
const fixture = resolve(import.meta.dirname, '../fixtures/release-0.1/home.tar.gz');

/** Folders in signed inputs are absolute, so there is one place for it, and one test at a time may use it. */
const place = '/var/tmp/kvm-compose-release-0.1';
const lockFolder = `${place}.lock`;

let server: TestServer;
let scriptsBefore: number;
let bootsBefore: ReturnType<typeof boots>;

const scriptsOf = (name: string): number[] =>
  Object.values(server.world())
    .flatMap(({ jobs }) => Object.entries(jobs))
    .filter(([disk]) => disk.includes(`/${name}/`))
    .flatMap(([, started]) => Object.values(started));

/** Rises with every start of a guest. */
const boots = (): readonly (readonly [string, number])[] =>
  Object.values(server.world()).flatMap(({ domains }) =>
    Object.values(domains).map(({ domain, boot }) => [domain.name, boot] as const),
  );

beforeAll(async () => {
  await vi.waitFor(
    () => {
      mkdirSync(lockFolder, { recursive: true });
      const lock = takeLock(lockFolder);
      if ('holder' in lock) throw new Error(`${lock.holder} uses ${place}`);
    },
    { timeout: 100_000, interval: 500 },
  );
  rmSync(place, { recursive: true, force: true });
  mkdirSync(place);
  await output('tar', ['-xzf', fixture, '-C', place]);
  await buildPrograms();
  server = await serverIn(place, join(place, 'held'), 20);
  scriptsBefore = scriptsOf('held').length;
  bootsBefore = boots();
  switchOn('asks-g0');
});

afterAll(async () => {
  await server.remove();
  rmSync(lockFolder, { recursive: true });
});

/** Somebody starts the guest by hand before the question is answered. */
function switchOn(domain: string): void {
  const path = join(place, 'home/simulated-world.json');
  const world = JSON.parse(readFileSync(path, 'utf8')) as Record<string, SimulatedHost>;
  world['main']!.domains[domain]!.state = 'running';
  writeFileSync(path, JSON.stringify(world));
}

async function runs(): Promise<Record<string, string>> {
  const { stdout } = await server.run('runs', '--format', 'json');
  const all = JSON.parse(stdout) as { deployment: string; command: string; status: string; asks: unknown[] }[];
  return Object.fromEntries(
    all.map(({ deployment, command, status, asks }) => [
      deployment,
      `${command} ${status}${asks.length > 0 ? ', asks' : ''}`,
    ]),
  );
}

describe('what the release before left open', () => {
  test('is taken over by the programs of today', async () => {
    expect(scriptsBefore).toBeGreaterThan(0);
    expect(scriptsBefore).toBeLessThan(4);
    const { code, stderr } = await server.run('server', 'start');
    expect(stderr).toContain('the server started');
    expect(code).toBe(0);
    expect((await runs())['asks']).toBe('up running, asks');
  });

  test('is finished where it was stopped, with nothing done twice', async () => {
    const { code, stdout } = await server.run('attach', 'held', '--progress', 'json');
    expect(stdout).toContain('up completed');
    expect(code).toBe(0);
    expect(scriptsOf('held')).toEqual([1, 1, 1, 1]);
    expect(boots()).toEqual(bootsBefore);
    const again = await server.run('up');
    expect(again.stdout + again.stderr).toContain('0 to create, 2 to change, 0 to remove');
    expect(again.code).toBe(0);
    expect(boots()).toEqual(bootsBefore);
    expect((await server.run('up')).stderr).toContain('nothing to do');
  });

  test('takes the answer it waited for', async () => {
    const { code, stderr } = await server.run('decide', 'asks', 'retry');
    expect(stderr).toContain('retry: guest.main.0');
    expect(code).toBe(0);
    expect((await server.run('attach', 'asks')).code).toBe(0);
    expect(scriptsOf('asks')).toEqual([1, 1, 1, 1]);
    expect(await runs()).toEqual({ held: 'up completed', asks: 'up completed' });
  });

  test('knows its guests by what hosts hold: verbs, and a down of one of them, leave the others wanted', async () => {
    const asks = (...words: string[]): Promise<Said> => server.run('--project-name', 'asks', ...words);
    expect(await asks('stop', 'g1', '--force')).toMatchObject({ code: 0 });
    expect(await asks('down', 'g0', '--purge', '--yes')).toMatchObject({ code: 0 });
    const { code, stdout, stderr } = await server.run('gc', '--format', 'json');
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toMatchObject({ surplus: [] });
    expect(code).toBe(0);
    const left = Object.values(server.world()).flatMap(({ domains }) => Object.keys(domains));
    expect(left.filter((name) => name.startsWith('asks-')).sort()).toEqual(['asks-g1', 'asks-g2', 'asks-g3']);
    expect(await asks('start', 'g1')).toMatchObject({ code: 0 });
  });

  test('can be looked at: its server had no namespace for that', async () => {
    const { code, stdout } = await server.run('status');
    expect(stdout).toMatch(/g3\s+h1\s+running/);
    expect(code).toBe(0);
  });

  test('goes when it is told to', async () => {
    expect((await server.run('down')).code).toBe(0);
    expect(Object.keys(server.world()['main']!.domains).filter((name) => name.startsWith('held-'))).toEqual([]);
  });
});
