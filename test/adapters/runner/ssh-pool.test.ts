import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ssh2, { type Connection, type ServerChannel } from 'ssh2';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { SshPool } from '../../../src/adapters/runner/ssh/pool.ts';
import { createSecrets } from '../../../src/adapters/secrets/key-folder.ts';
import { failureOf } from '../../../src/model/failure.ts';
import type { Host } from '../../../src/model/host.ts';
import { countDials, type DialCount } from '../../support/count-dials.ts';

/** What the sshd of a test does with its connections and channels. */
interface Behaviour {
  /** Whether a connection, by its number from 1, may log in. */
  login(connection: number): boolean;
  /** Whether commands get a channel; without an answer they wait for it. */
  exec: 'run' | 'silent' | 'break';
}

let folder: string;
let host: Host;
let server: ssh2.Server;
let behaviour: Behaviour;
let pool: SshPool;
let dials: DialCount;
let connections: number;
const clients = new Set<Connection>();
/** Commands that run until the test ends them. */
const running: ServerChannel[] = [];
/** Commands that wait for a channel until the test gives them one. */
const unanswered: (() => ServerChannel)[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kc-pool-'));
  behaviour = { login: () => true, exec: 'run' };
  connections = 0;
  const secrets = createSecrets(folder);
  server = new ssh2.Server({ hostKeys: [await secrets.privateKey('host')] }, serve);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await secrets.privateKey('key');
  writeFileSync(join(folder, 'known'), `[127.0.0.1]:${port} ${await secrets.publicKey('host')}\n`);
  host = {
    name: 'far',
    connection: 'ssh',
    address: '127.0.0.1',
    port,
    user: 'root',
    identityFile: secrets.path('key'),
    knownHostsFile: join(folder, 'known'),
    accelerator: 'auto',
  };
  dials = countDials();
});

afterEach(() => {
  dials.stop();
  pool.close();
  clients.forEach((each) => each.end());
  server.close();
  running.length = 0;
  unanswered.length = 0;
  rmSync(folder, { recursive: true, force: true });
});

function serve(client: Connection): void {
  connections += 1;
  const mayLogIn = behaviour.login(connections);
  clients.add(client);
  client.on('error', () => undefined);
  client.on('close', () => clients.delete(client));
  client.on('authentication', (context) => (mayLogIn ? context.accept() : context.reject()));
  client.on('session', (accept) => {
    accept().on('exec', (run) => {
      if (behaviour.exec === 'break') client.end();
      if (behaviour.exec === 'run') running.push(run());
      if (behaviour.exec === 'silent') unanswered.push(run);
    });
  });
}

/** What became of work, without waiting for it. */
function outcomeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'runs',
    (error: unknown) => failureOf(error).code,
  );
}

/** Lets a command end. */
function end(channel: ServerChannel): void {
  channel.exit(0);
  channel.end();
}

describe('a host that refuses further connections', () => {
  test('is tried with growing pauses while work waits for a free channel, and the work gets one', async () => {
    behaviour.login = (connection) => connection === 1;
    pool = new SshPool(host, 60_000, { firstMs: 200, mostMs: 400 });
    for (let n = 0; n < 8; n += 1) (await pool.exec('run', false)).channel.resume();
    const waiting = [pool.exec('wait', false), pool.exec('wait', false)];
    const begin = performance.now();
    await vi.waitFor(() => expect(connections).toBeGreaterThanOrEqual(4), { timeout: 5000 });
    // One, and after it pauses of at least 100 and 200 ms.
    expect(performance.now() - begin).toBeGreaterThan(300);
    running.splice(0, 2).forEach(end);
    expect(await Promise.all(waiting.map(outcomeOf))).toEqual(['runs', 'runs']);
  });

  test('costs a handful of tries in the time in which it cost thousands', async () => {
    pool = new SshPool(host, 60_000);
    for (let n = 0; n < 8; n += 1) (await pool.exec('run', false)).channel.resume();
    // The connection stays; further ones are refused by the kernel, which is the fastest way.
    server.close();
    const waiting = Array.from({ length: 30 }, () => outcomeOf(pool.exec('wait', false)));
    await new Promise((resolve) => setTimeout(resolve, 2000));
    console.log(`connections in 2 s while sshd refuses: ${dials.count - 1}`);
    // Pauses of 50, 100, 200, 400 and 800 ms at least.
    expect(dials.count - 1).toBeLessThanOrEqual(7);
    pool.close();
    expect(new Set(await Promise.all(waiting))).toEqual(new Set(['internal']));
  });
});

describe('a host that refuses every connection', () => {
  test('fails all that wait with one try, and lets the next wait for its time', async () => {
    behaviour.login = () => false;
    pool = new SshPool(host, 60_000, { firstMs: 400, mostMs: 400 });
    const ask = (): Promise<string[]> =>
      Promise.all(Array.from({ length: 20 }, () => outcomeOf(pool.exec('run', false))));
    expect(new Set(await ask())).toEqual(new Set(['host-auth']));
    expect(dials.count).toBe(1);
    const begin = performance.now();
    expect(new Set(await ask())).toEqual(new Set(['host-auth']));
    expect(performance.now() - begin).toBeGreaterThan(190);
    expect(dials.count).toBe(2);
  });

  test('that nothing listens on is unreachable, and is not asked again before its time', async () => {
    await new Promise((resolve) => server.close(resolve));
    pool = new SshPool(host, 60_000, { firstMs: 60_000, mostMs: 60_000 });
    expect(await outcomeOf(pool.exec('run', false))).toBe('host-unreachable');
    const late = outcomeOf(pool.exec('run', false, AbortSignal.timeout(300)));
    expect(await late).toBe('internal');
    expect(dials.count).toBe(1);
  });

  test('lets cancelled work go at once, and does not try again for it', async () => {
    behaviour.login = () => false;
    pool = new SshPool(host, 60_000, { firstMs: 60_000, mostMs: 60_000 });
    await outcomeOf(pool.exec('run', false));
    const cancel = new AbortController();
    const waiting = Array.from({ length: 5 }, () => pool.exec('run', false, cancel.signal));
    cancel.abort(new Error('cancelled'));
    for (const each of waiting) await expect(each).rejects.toThrow('cancelled');
    expect(dials.count).toBe(1);
  });

  test('and takes them again is used at the end of the pause', async () => {
    behaviour.login = (connection) => connection > 1;
    pool = new SshPool(host, 60_000, { firstMs: 50, mostMs: 50 });
    expect(await outcomeOf(pool.exec('run', false))).toBe('host-auth');
    expect(await outcomeOf(pool.exec('run', false))).toBe('runs');
  });
});

describe('a connection', () => {
  test('that breaks before anything runs on it is made anew with pauses and an end', async () => {
    behaviour.exec = 'break';
    pool = new SshPool(host, 60_000, { firstMs: 50, mostMs: 50 });
    expect(await outcomeOf(pool.exec('run', false))).toBe('host-unreachable');
    expect(dials.count).toBe(5);
  });

  test('that does not answer lets cancelled work go at once, and its places are free when it does answer', async () => {
    behaviour.exec = 'silent';
    pool = new SshPool(host, 60_000);
    const cancel = new AbortController();
    const waiting = Array.from({ length: 8 }, () => pool.exec('run', false, cancel.signal));
    await vi.waitFor(() => expect(unanswered).toHaveLength(8));
    cancel.abort(new Error('cancelled'));
    for (const each of waiting) await expect(each).rejects.toThrow('cancelled');
    const late = unanswered.splice(0).map((run) => run().resume());
    await Promise.all(late.map((channel) => once(channel, 'close')));
    behaviour.exec = 'run';
    behaviour.login = () => false;
    expect(await outcomeOf(pool.exec('run', false))).toBe('runs');
  });
});

test('work that waits for a channel of a pool that is closed is told', async () => {
  pool = new SshPool(host, 60_000);
  behaviour.login = (connection) => connection === 1;
  for (let n = 0; n < 8; n += 1) (await pool.exec('run', false)).channel.resume();
  const waiting = pool.exec('wait', false);
  pool.close();
  await expect(waiting).rejects.toThrow('the runner was closed');
});
