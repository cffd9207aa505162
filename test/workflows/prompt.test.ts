import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { emptyHost } from '../../src/adapters/sim/state.ts';
import { openStore } from '../../src/adapters/store/sqlite-store.ts';
import type { AccessPort } from '../../src/model/resources.ts';
import { kindOf } from '../../src/resources/registry.ts';
import { buildPrograms, type TestServer, testServer } from '../support/server.ts';

const question = '(r)etry, (s)kip, or (q) stop the run?';
const ctrlC = '\u0003';
/** A name that a port of guest g1 is to have. */
const taken = 'lab-lan-g1-0';
let server: TestServer;

beforeAll(async () => {
  await buildPrograms();
  server = await testServer(2, 0);
  await leaveOver(server.home);
  await server.run('server', 'start');
});

afterAll(() => server.remove());

/** A forgotten deployment left a port on the main host, whose name the database gives no second time. */
async function leaveOver(home: string): Promise<void> {
  const store = await openStore(home);
  const label = { installation: store.installation, deployment: 'old', generation: 1, hash: '' };
  await store.close();
  const goal: AccessPort = {
    kind: 'access.port',
    name: taken,
    host: 'main',
    switch: 'old-lan',
    mac: '0a:00:00:00:00:01',
    chassis: 'main',
  };
  const op = kindOf('access.port').render(goal, label, goal);
  const rows = op.transport === 'ovn' && op.do === 'ensure' ? op.rows.map((row) => [row.uuid, row] as const) : [];
  const hosts = { main: { ...emptyHost(), rows: Object.fromEntries(rows) } };
  writeFileSync(join(home, 'simulated-world.json'), JSON.stringify(hosts));
}

/** A run at a terminal that asks what to do about the port. */
async function asking() {
  const terminal = server.startAtTerminal('up', '--on-failure', 'ask');
  await terminal.printed(question);
  return terminal;
}

const domains = (): number =>
  Object.values(server.world()).reduce((sum, host) => sum + Object.keys(host.domains).length, 0);

describe('a person at the terminal of a run that asks', () => {
  test('rolls back what was made with Ctrl-C', async () => {
    const terminal = await asking();
    terminal.press(ctrlC);
    const { code, stdout } = await terminal.ended;
    expect(stdout).toContain('rolled back');
    expect(stdout).toContain('up cancelled');
    expect(code).toBe(130);
    // What another deployment left is still there, and nothing else.
    const { main, ...others } = server.world();
    expect(Object.values(main!.rows).map(({ columns }) => columns['name'])).toEqual([taken]);
    for (const { files, links, records } of [main!, ...Object.values(others)]) {
      expect({ files, links, records }).toEqual({ files: {}, links: {}, records: {} });
    }
  });

  test('is told what somebody decided elsewhere, and asked again when that did not help', async () => {
    const terminal = await asking();
    const retry = await server.run('decide', 'lab', 'retry');
    expect(retry.stderr).toMatch(/^retry: ovn\.main\.\d/);
    await terminal.printed(question, 2);
    const skip = await server.run('decide', 'lab', 'skip');
    expect(skip.code).toBe(0);
    const { code, stdout } = await terminal.ended;
    expect(stdout).toMatch(/: retry create [^]*: skip create /);
    expect(stdout).toContain('up failed');
    expect(code).toBe(1);
    // The other guest does not need the port.
    expect(domains()).toBe(1);
  });

  test('has it tried again with a key, once the cause is gone', async () => {
    const terminal = await asking();
    terminal.press('r');
    await terminal.printed(question, 2);
    const gc = await server.run('gc', '--yes');
    expect(gc.code).toBe(0);
    terminal.press('r');
    const { code, stdout } = await terminal.ended;
    expect(stdout).toContain('up completed');
    expect(code).toBe(0);
    expect(domains()).toBe(2);
  });
});
