import { hostname, userInfo } from 'node:os';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Answers } from '../../src/api/operations.ts';
import { transcript } from '../support/cli.ts';
import { buildPrograms, type TestServer, testServer } from '../support/server.ts';
import { settle } from '../support/settled.ts';

let server: TestServer;
/** The run that made everything. */
let first: string | undefined;

beforeAll(async () => {
  await buildPrograms();
  server = await testServer(2, 5);
});

afterAll(() => server.remove());

async function session(line: string): Promise<string> {
  const words = line.replace('FIRST', first ?? '').split(' ');
  const { code, stdout, stderr } = await server.run(...words);
  const run = { code: code ?? -1, stdout, stderr, files: {}, spawned: [] };
  const names = new Map([
    [`${process.env['SUDO_USER'] ?? userInfo().username}@${hostname()}`, 'ann@laptop'],
    [server.project, '/home/ann/lab'],
    [server.home, '/var/lib/kvm-compose/server'],
  ]);
  return settle(transcript(words, run), names);
}

// One after another, as a person would: each finds what the ones before it have left.
test.each([
  ['up-starts-server', 'up'],
  ['up-again', 'up'],
  ['up-quiet', 'up --progress quiet'],
  ['up-format-json', 'up --progress quiet --format json'],
  ['plan-of-nothing-to-do', 'plan'],
  ['status-of-all-well', 'status'],
  ['runs', 'runs'],
  ['runs-list', 'runs list lab'],
  ['runs-of-nobody', 'runs list other'],
  ['runs-show-of-nothing', 'runs show'],
  ['logs', 'logs FIRST'],
  ['logs-of-guest', 'logs FIRST --guest g0 --level debug'],
  ['logs-of-no-run', 'logs other'],
  ['attach-to-an-end', 'attach FIRST'],
  ['cancel-too-late', 'cancel'],
  ['decide-too-late', 'decide lab retry'],
  ['bundle', 'bundle -o run.tar.gz'],
  ['gc-nothing', 'gc --yes'],
  ['ssh-unknown-guest', 'ssh mail'],
  ['generate-artefacts', 'generate-artefacts'],
  ['deployment-create-again', 'deployment create'],
  ['deployment-create', 'deployment create other'],
  ['deployment-reset-state', 'deployment reset-state lab --yes'],
  ['deployment-destroy-created', 'deployment destroy other --yes'],
  ['down-detached', 'down --detach'],
  ['attach-to-down', 'attach lab'],
])('a session with a real server reads as it should: %s', async (name, line) => {
  const told = await session(line);
  await expect(told).toMatchFileSnapshot(`../transcripts/${name}.txt`);
  first ??= await onlyRun();
});

async function onlyRun(): Promise<string> {
  const { stdout } = await server.run('runs', '--format', 'json');
  const [run] = JSON.parse(stdout) as Answers['runs'];
  return `lab/${run!.run}`;
}
