import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { openHome, readToken } from '../../src/server/home.ts';
import { takeLock } from '../../src/server/lock.ts';
import { identityOf, isAlive, isDeadHere, ownIdentity } from '../../src/server/process-identity.ts';
import { readSettings } from '../../src/server/settings.ts';
import { tailLog } from '../../src/server/tail-log.ts';
import { pinned, resolveTemporal } from '../../src/server/temporal-binary.ts';
import { temporalCommand } from '../../src/server/temporal-command.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kc-server-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

describe('a home', () => {
  test('keeps its keys, however often it is opened', () => {
    expect(openHome(folder)).toEqual(openHome(folder));
    expect(openHome(folder).installation).toMatch(/^[0-9a-f]{8}$/);
    expect(openHome(folder).codecKey).toHaveLength(32);
  });

  test("is nobody else's to read", async () => {
    openHome(folder);
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    for (const name of ['token', 'codec-key']) expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600);
  });

  test('has no token before it is made', () => {
    expect(readToken(join(folder, 'none'))).toBeUndefined();
  });

  test('that cannot be made says what to do', async () => {
    await writeFile(join(folder, 'file'), '');
    expect(() => openHome(join(folder, 'file/home'))).toThrow(/cannot be used/);
  });
});

describe('a process', () => {
  test('is known by more than its pid', () => {
    const own = ownIdentity();
    expect(isAlive(own)).toBe(true);
    const [pid, rest] = own.split('.');
    expect(isAlive(`${pid}.1${rest}`)).toBe(false);
  });

  test('is dead as soon as it is killed, also while nobody has asked how it ended', async () => {
    // `sh` never asks about the child it leaves behind, which stays a zombie until `sh` ends.
    const child = spawn('sh', ['-c', 'sleep 100 & echo $!; exec sleep 100'], { stdio: ['ignore', 'pipe', 'ignore'] });
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    const pid = Number(line.toString());
    const identity = identityOf(pid)!;
    expect(isAlive(identity)).toBe(true);
    process.kill(pid, 'SIGKILL');
    await vi.waitFor(() => expect(isAlive(identity)).toBe(false));
    expect(isDeadHere(identity)).toBe(true);
    child.kill('SIGKILL');
  });

  test('of another machine is never judged', () => {
    expect(isDeadHere('1.1@elsewhere')).toBe(false);
    expect(isDeadHere('somebody')).toBe(false);
  });
});

describe('the lock of a home', () => {
  test('is held by one, and tells by whom', () => {
    const first = takeLock(folder);
    expect(takeLock(folder)).toEqual({ holder: ownIdentity() });
    if ('release' in first) first.release();
    expect(takeLock(folder)).toHaveProperty('release');
  });

  test('of a process that was killed is free', async () => {
    await writeFile(join(folder, 'supervisor.lock'), '1.1@here');
    expect(takeLock(folder)).toHaveProperty('release');
    expect(await readFile(join(folder, 'supervisor.lock'), 'utf8')).toBe(ownIdentity());
  });
});

describe('settings', () => {
  test('come from the environment, the port checked', () => {
    expect(readSettings({ HOME: '/home/ann' })).toEqual({
      home: '/var/lib/kvm-compose/server',
      port: 3355,
      cache: '/home/ann/.cache/kvm-compose',
    });
    expect(readSettings({ KVM_COMPOSE_HOME: '/x', KVM_COMPOSE_PORT: '4000' })).toMatchObject({
      home: '/x',
      port: 4000,
    });
    expect(() => readSettings({ KVM_COMPOSE_PORT: 'no' })).toThrow('"no"');
  });
});

describe('the Temporal command', () => {
  const settings = (more: object) => ({ ...readSettings({ HOME: folder }), cache: folder, ...more });

  test('is the version that temporal/go.mod pins', async () => {
    const text = await readFile(resolve(import.meta.dirname, '../../temporal/go.mod'), 'utf8');
    expect(text).toContain(`github.com/temporalio/cli v${pinned.cli}`);
    expect(text).toContain(`go.temporal.io/server v${pinned.server}`);
  });

  test('that the environment names wrongly is refused', async () => {
    const found = resolveTemporal(settings({ temporalBin: '/bin/true' }), folder, '', () => undefined);
    await expect(found).rejects.toMatchObject({
      data: { code: 'no-temporal', message: expect.stringContaining('/bin/true') },
    });
  });

  test('that is nowhere, with nothing to build it from, says what to install', async () => {
    const found = resolveTemporal(settings({}), folder, '/nonexistent', () => undefined);
    await expect(found).rejects.toMatchObject({ data: { code: 'no-temporal', hint: expect.stringContaining('Go') } });
  });

  test('listens on loopback, keeps its data where it is told and dies with its supervisor', () => {
    const words = temporalCommand({ bin: '/t', database: '/h/temporal.db', port: 1, uiPort: 2 });
    expect(words.join(' ')).toContain(
      '--ip 127.0.0.1 --port 1 --ui-ip 127.0.0.1 --ui-port 2 --db-filename /h/temporal.db',
    );
    const hasSetpriv = spawnSync('setpriv', ['--version']).status === 0;
    expect(words.includes('--pdeathsig')).toBe(hasSetpriv);
  });
});

describe('a log', () => {
  test('is shown from its last lines on', async () => {
    const path = join(folder, 'a.log');
    await writeFile(path, 'one\ntwo\nthree\n');
    let shown = '';
    await tailLog(path, 2, undefined, (text) => (shown += text));
    expect(shown).toBe('two\nthree\n');
  });

  test('is followed, over a new beginning too', async () => {
    const path = join(folder, 'a.log');
    await writeFile(path, 'one\n');
    const stop = new AbortController();
    let shown = '';
    const followed = tailLog(path, 10, stop.signal, (text) => (shown += text));
    await vi.waitFor(() => expect(shown).toBe('one\n'));
    await appendFile(path, 'two\n');
    await vi.waitFor(() => expect(shown).toBe('one\ntwo\n'));
    await writeFile(path, 'new\n');
    await vi.waitFor(() => expect(shown).toBe('one\ntwo\nnew\n'));
    stop.abort();
    await followed;
  });

  test('that is not there is said to be missing', async () => {
    await expect(tailLog(join(folder, 'none.log'), 1, undefined, () => undefined)).rejects.toThrow('there is no log');
  });
});
