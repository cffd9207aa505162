// Vitest's global set-up of the project `workflow`: one Temporal dev server for all of its files.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Connection } from '@temporalio/client';
import type { TestProject } from 'vitest/node';

import { searchAttributes } from '../../src/model/search-attributes.ts';
import { output } from './command.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the Temporal dev server of this test run listens. */
    temporalAddress: string;
  }
}

let server: ChildProcess | undefined;
let folder: string | undefined;

/** The stock poll limits make one activity cost 100 ms; with these it costs 11. */
const dynamicConfig = ['transfer', 'timer', 'visibility', 'outbound'].map(
  (queue) => `history.${queue}ProcessorMaxPollRPS=1000`,
);

function serverArguments(port: number, database: string): string[] {
  return [
    ...`server start-dev --headless --ip 127.0.0.1 --port ${port} --log-level error --db-filename ${database}`.split(
      ' ',
    ),
    ...'--sqlite-pragma journal_mode=WAL --sqlite-pragma synchronous=NORMAL'.split(' '),
    ...dynamicConfig.flatMap((value) => ['--dynamic-config-value', value]),
    ...[...searchAttributes].flatMap(([name, type]) => ['--search-attribute', `${name}=${type}`]),
  ];
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}

/** Resolves once the server answers; rejects with what it said when it ends instead. */
async function answering(child: ChildProcess, address: string): Promise<void> {
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (said += text));
  const end = Date.now() + 30_000;
  for (;;) {
    try {
      const connection = await Connection.connect({ address, connectTimeout: 1000 });
      await connection.workflowService.describeNamespace({ namespace: 'default' });
      await connection.close();
      return;
    } catch (error) {
      if (child.exitCode !== null || Date.now() > end) {
        throw new Error(`the Temporal dev server does not answer at ${address}: ${said}`, { cause: error });
      }
    }
  }
}

/** Starts the server. */
export async function setup(project: TestProject): Promise<void> {
  const program = await output('bash', ['temporal/install'], { showProgress: true });
  const address = `127.0.0.1:${await freePort()}`;
  folder = mkdtempSync(join(tmpdir(), 'kvm-compose-temporal-'));
  const args = serverArguments(Number(address.split(':')[1]), join(folder, 'temporal.db'));
  // It dies with us even when we are killed.
  server = spawn('setpriv', ['--pdeathsig', 'KILL', program, ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
  await answering(server, address);
  project.provide('temporalAddress', address);
}

/** Stops the server and removes what it wrote. */
export async function teardown(): Promise<void> {
  if (server !== undefined && server.exitCode === null) {
    const ended = once(server, 'exit');
    server.kill('SIGKILL');
    await ended;
  }
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
}
