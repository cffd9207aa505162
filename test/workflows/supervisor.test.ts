import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getPriority } from 'node:os';
import { join } from 'node:path';
import { Connection } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { identityOf, isAlive } from '../../src/server/process-identity.ts';
import type { PartName } from '../../src/server/server-file.ts';
import { buildPrograms, type TestServer, testServer } from '../support/server.ts';

const patience = { timeout: 20_000, interval: 20 };
let server: TestServer;

/** Keeps a program loading until its channel has certainly closed. */
const slowStart = 'data:text/javascript,await new Promise((go) => process.once("disconnect", go))';

async function otherPort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  await new Promise((closed) => probe.close(closed));
  return port;
}

beforeAll(async () => {
  await buildPrograms();
  server = await testServer(10, 60);
});

afterAll(() => server.remove());

/** Everything the simulated hosts hold, counted. */
function held(): number {
  return Object.values(server.world()).reduce(
    (sum, host) => sum + [host.rows, host.records, host.files, host.links, host.domains].flatMap(Object.keys).length,
    0,
  );
}

/** How often each script was started, over all guests. */
function scriptStarts(): number[] {
  return Object.values(server.world()).flatMap((host) =>
    Object.values(host.jobs).flatMap((jobs) => Object.values(jobs)),
  );
}

describe('the server', () => {
  test('starts, and says so', async () => {
    const { code, stderr } = await server.run('server', 'start');
    expect(stderr).toContain('the server started');
    expect(code).toBe(0);
    expect(server.status()).toMatchObject({ state: 'ready', port: server.port });
    expect(server.processes()).toHaveLength(4);
  });

  test('goes before guests that compute on the same machine', () => {
    const pids = Object.values(server.status().parts).map((part) => part.pid);
    expect(pids.map((pid) => getPriority(pid))).toEqual([-5, -5, -5]);
  });

  test('that runs is not started a second time', async () => {
    const { identity } = server.status();
    const { code, stderr } = await server.run('server', 'start');
    expect(stderr).toContain('the server is running');
    expect(code).toBe(0);
    expect(server.status().identity).toBe(identity);
  });

  test('tells where its parts are', async () => {
    const { stdout } = await server.run('server', 'status');
    expect(stdout).toContain(`ws://127.0.0.1:${server.port}/ws`);
    expect(stdout).toContain('Temporal UI: http://127.0.0.1:');
  });
});

describe('a run', () => {
  test('goes on when worker, gateway and Temporal are killed one after the other, and runs no script twice', async () => {
    const up = server.start('up');
    for (const part of ['worker', 'gateway', 'temporal'] satisfies PartName[]) {
      await up.printed(part === 'worker' ? 'distribute main' : 'attempt 2');
      const before = server.status().parts[part]!.restarts;
      server.kill(part);
      await vi.waitFor(() => expect(server.status().parts[part]?.restarts).toBe(before + 1), patience);
    }
    const { code, stderr } = await up.ended;
    expect(stderr).toContain('up completed');
    expect(code).toBe(0);
    expect(Object.keys(server.world()['main']!.domains)).toHaveLength(5);
    expect(scriptStarts()).toEqual([1, 1, 1, 1, 1]);
    expect((await server.run('up')).stderr).toContain('nothing to do');
  });

  test('holds its deployment: a second command is told by whom', async () => {
    const down = server.start('down', '--purge', '--yes');
    await down.printed('remove');
    const { code, stderr } = await server.run('up');
    expect(code).toBe(3);
    expect(stderr).toMatch(/lab is held by down, started by \S+ at \d{4}-/);
    expect((await down.ended).code).toBe(0);
    expect(held()).toBe(0);
  });

  test('goes on when the supervisor is killed: no part outlives it, the next start works', async () => {
    const { stdout: name } = await server.run('up', '--detach');
    const watching = server.start('attach', name.trim());
    await watching.printed('distribute main');
    watching.child.kill('SIGKILL');
    await watching.ended;
    server.kill('supervisor');
    await vi.waitFor(() => expect(server.processes()).toEqual([]), patience);
    expect((await server.run('server', 'status')).code).toBe(1);
    const { code, stdout } = await server.run('attach', name.trim(), '--progress', 'json');
    expect(code).toBe(0);
    const numbers = stdout.split('\n').flatMap((line) => {
      const { seq } = JSON.parse(line || '{}') as { seq?: number };
      return seq ?? [];
    });
    expect(numbers).toEqual(numbers.map((_, n) => n + 1));
    expect(scriptStarts()).toEqual([1, 1, 1, 1, 1]);
  });

  test('that is cancelled rolls back what it made, and says so', async () => {
    expect((await server.run('down', '--purge', '--yes')).code).toBe(0);
    const up = server.start('up');
    await up.printed('distribute main');
    expect((await server.run('cancel', '--reason', 'lunch')).code).toBe(0);
    const { code, stderr } = await up.ended;
    expect(code).toBe(130);
    expect(stderr).toMatch(/up cancelled after .*: lunch\): \d+ rolled back\n/);
    expect(held()).toBe(0);
  });

  test('that is asked to stop by Ctrl-C shows each thing it rolls back', async () => {
    const up = server.start('up');
    await up.printed('start main');
    up.child.kill('SIGINT');
    const { code, stderr } = await up.ended;
    expect(code).toBe(130);
    expect(stderr).toContain('rolled back switch lab-lan');
    expect(held()).toBe(0);
  });
});

const history = 'up cancelled, up cancelled, down completed, up completed, down completed, up completed, up completed';

describe('what has been', () => {
  test('is listed, newest first', async () => {
    const { stdout } = await server.run('runs', '--format', 'json');
    const runs = JSON.parse(stdout) as { command: string; status: string; deployment: string }[];
    expect(runs.map(({ command, status }) => `${command} ${status}`)).toEqual(history.split(', '));
    expect((await server.run('runs', 'other', '--format', 'json')).stdout).toBe('[]\n');
  });

  test.each(['other', 'lab/nonsense', 'lab/00000000-0000-7000-8000-000000000000'])(
    '%s is said to be missing',
    async (run) => {
      const { code, stderr } = await server.run('attach', run);
      expect(stderr).toContain(`there is no run ${run}`);
      expect(code).toBe(2);
    },
  );

  test('is kept for thirty days', async () => {
    const connection = await Connection.connect({ address: server.status().temporal.address });
    const { config } = await connection.workflowService.describeNamespace({ namespace: 'default' });
    expect(Number(config?.workflowExecutionRetentionTtl?.seconds)).toBe(30 * 24 * 60 * 60);
    await connection.close();
  });
});

describe('a part', () => {
  test('that is still loading when its supervisor dies does not outlive it', async () => {
    const { pid } = server.status();
    const file = join(server.home, 'part.mjs');
    // A supervisor that is gone before its part has loaded anything.
    await writeFile(
      file,
      `import { spawn } from 'node:child_process';
const child = spawn(process.execPath, ['--import', ${JSON.stringify(slowStart)}, 'dist/bin/gateway.js'], {
  stdio: ['ignore', 'ignore', 'ignore', 'ipc'], env: process.env });
console.log(child.pid);
child.once('spawn', () => process.kill(process.pid, 'SIGKILL'));
`,
    );
    const env = { ...process.env, KVM_COMPOSE_HOME: server.home, KVM_COMPOSE_PORT: String(await otherPort()) };
    const starter = spawn(process.execPath, [file], {
      env: { ...env, KVM_COMPOSE_TEMPORAL_ADDRESS: server.status().temporal.address },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(starter.stdout, 'data')) as [Buffer];
    const part = identityOf(Number(line.toString()));
    await vi.waitFor(() => expect(part === undefined || !isAlive(part)).toBe(true), patience);
    expect(server.status().pid).toBe(pid);
  });
});

describe('a command', () => {
  test('whose gateway has just been killed finds the next one', async () => {
    server.kill('gateway');
    const { code, stderr } = await server.run('runs');
    expect(stderr).toBe('');
    expect(code).toBe(0);
  });
});

describe('the end', () => {
  test('a server that is stopped leaves no process', async () => {
    const before = server.processes();
    expect(before).toHaveLength(4);
    expect((await server.run('server', 'stop')).stderr).toBe('the server has stopped\n');
    expect(server.processes()).toEqual([]);
    expect((await server.run('server', 'stop')).stderr).toBe('the server was not running\n');
  });

  test('a port somebody else holds is named, and nothing is left running', async () => {
    const squatter = createServer().listen(server.port, '127.0.0.1');
    await vi.waitFor(() => expect(squatter.listening).toBe(true));
    const { code, stderr } = await server.run('server', 'start');
    expect(code).toBe(1);
    expect(stderr).toContain(`port ${server.port} is taken by something else`);
    expect(server.processes()).toEqual([]);
    squatter.close();
  });
});
