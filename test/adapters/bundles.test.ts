import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test } from 'vitest';

import { environmentValues, planTexts } from '../../src/activities/bundle/plan-texts.ts';
import { createBundles } from '../../src/adapters/bundles/create-bundles.ts';
import { planChanges } from '../../src/planner/plan.ts';
import type { Runner } from '../../src/ports/runner.ts';
import { kindOf } from '../../src/resources/registry.ts';
import { goals } from '../support/goals.ts';
import { createLab, inventoryOf } from '../support/lab.ts';

const marker = 'xMARKERx-do-not-tell';
const privateKey = `-----BEGIN OPENSSH PRIVATE KEY-----\n${marker}\n-----END OPENSSH PRIVATE KEY-----`;
let home: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'kc-bundle-'));
});

afterEach(() => rmSync(home, { recursive: true }));

/** A host that answers with these sections. */
const answering = (sections: Readonly<Record<string, string>>): Runner => ({
  run: async (_host, { data }) => {
    const token = (data as Buffer).toString().split('\n')[0];
    const texts = Object.entries(sections).map(([path, text]) => `\n##${token} ${path}\n${text}`);
    return { code: 0, stdout: `${texts.join('')}\n##${token} end\n`, stderr: '' };
  },
  open: () => Promise.reject(new Error('nothing is opened')),
  close: async () => undefined,
});

const main = inventoryOf('main').hosts[0]!;
const { signal } = new AbortController();

const contentOf = (path: string): string => execFileSync('tar', ['-xzOf', path], { encoding: 'utf8' });
const namesIn = (path: string): string[] =>
  execFileSync('tar', ['-tzf', path], { encoding: 'utf8' })
    .split('\n')
    .filter((name) => name !== '' && !name.endsWith('/'));

test('a bundle holds what the host and the server said, under their names', async () => {
  const bundles = createBundles({
    runner: answering({ 'console/web.log': 'login:', 'ovs.txt': 'br-int' }),
    home,
    hidden: [],
  });
  mkdirSync(join(home, 'logs'));
  writeFileSync(join(home, 'logs/worker.log'), 'took over\n');
  const files = [...(await bundles.askHost(main, 'lab', signal)), ...(await bundles.serverLogs())];
  const path = await bundles.write('lab-up-1', files, []);
  expect(namesIn(path)).toEqual(['hosts/main/console/web.log', 'hosts/main/ovs.txt', 'server/worker.log']);
  expect(contentOf(path)).toContain('login:');
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test('a bundle holds no secret, wherever it turned up', async () => {
  const runner = answering({ 'console/web.log': `key:\n${privateKey}\nlogin:`, 'qemu/web.log': `-token ${marker}` });
  const bundles = createBundles({ runner, home, hidden: [marker] });
  mkdirSync(join(home, 'logs'));
  writeFileSync(join(home, 'logs/gateway.log'), `hello ${marker}\n`);
  const files = [
    ...(await bundles.askHost(main, 'lab', signal)),
    ...(await bundles.serverLogs()),
    { path: 'events.jsonl', text: '{"text":"PASSWORD=hunter2hunter2"}' },
  ];
  const text = contentOf(await bundles.write('lab-up-1', files, ['hunter2hunter2']));
  expect(text).not.toContain(marker);
  expect(text).not.toContain('hunter2');
  expect(text).not.toContain('PRIVATE KEY');
  expect(text).toContain('login:');
});

test('a bundle leaves out a private key whose end was cut off', async () => {
  const bundles = createBundles({ runner: undefined, home, hidden: [] });
  const path = await bundles.write('cut', [{ path: 'a.log', text: privateKey.slice(0, -20) }], []);
  expect(contentOf(path)).not.toContain(marker);
});

test('the plan in a bundle leaves out the environments of guests', async () => {
  const seed = { ...goals.seed, files: [...goals.seed.files, { name: 'env', text: `PASSWORD=${marker}\nMODE=a\n` }] };
  const lab = createLab();
  const { plan } = planChanges({
    deployment: 'lab',
    installation: '0123abcd',
    inventory: inventoryOf('main', 'h2'),
    desired: [goals.folder, seed],
    observed: await lab.observed(),
    kindOf,
  });
  expect(JSON.stringify(plan)).toContain(marker);
  const text = planTexts(plan)
    .map((each) => each.text)
    .join('');
  expect(text).not.toContain(marker);
  expect(text).toContain('instance-id: web-1');
  expect(environmentValues(plan)).toContain(marker);
});
