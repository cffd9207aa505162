import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test } from 'vitest';

import { createFilesCarrier } from '../../../src/adapters/carriers/files/create-files-carrier.ts';
import { deploymentFolder } from '../../../src/model/host.ts';
import type { Blob, Seed } from '../../../src/model/resources.ts';
import type { FilesOp } from '../../../src/model/transport/files.ts';
import type { CarrierItem, RunContext } from '../../../src/ports/carrier.ts';
import { seed } from '../../../src/resources/seed/kind.ts';
import { contextOf, inventoryOf, labOwner } from '../../support/lab.ts';
import { type ShellRunner, shellRunner } from '../../support/shell-runner.ts';

const [host] = inventoryOf('h1').hosts;
const secrets = {
  privateKey: async () => 'secret',
  publicKey: async () => 'public',
  path: () => '',
  forget: async () => undefined,
};

/** A maker of images that writes down what it was given instead: names, sizes and inodes. */
const genisoimage = `
while [ $# -gt 1 ]; do [ "$1" != -output ] || out=$2; shift; done
cd "$1" && stat -c "%n %s %i" * >"$out"
`;

let folder: string;
let runner: ShellRunner;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kc-context-'));
  runner = await shellRunner(join(folder, 'host'), { genisoimage });
});

afterEach(() => rm(folder, { recursive: true, force: true }));

async function contextFile(bytes: number): Promise<Blob> {
  const source = join(folder, 'context');
  const content = randomBytes(bytes);
  await writeFile(source, content);
  return { source, size: bytes, sha256: createHash('sha256').update(content).digest('hex') };
}

function itemFor(guest: string, blob: Blob): CarrierItem<FilesOp> {
  const goal: Seed = {
    kind: 'seed',
    name: `lab-${guest}`,
    host: 'h1',
    guest,
    path: `${deploymentFolder(labOwner.deployment)}/seeds/${guest}.iso`,
    instanceId: guest,
    files: [
      { name: 'meta-data', text: `instance-id: ${guest}\n` },
      { name: 'context.tar.gz', blob },
    ],
  };
  const op = seed.render(goal, { ...labOwner, generation: 1, hash: 'x' }, goal) as FilesOp;
  return { id: `create seed:lab-${guest}`, op, needs: [] };
}

const isoOf = (guest: string): string => join(folder, 'host/deployments', labOwner.deployment, 'seeds', `${guest}.iso`);
const context = (over: Partial<RunContext> = {}): RunContext => ({ ...contextOf({ id: 'files.h1.0' }, 'do'), ...over });
const sent = (): number => runner.executions.reduce((sum, { bytes }) => sum + bytes, 0);
const inCache = async (): Promise<string[]> => (await readdir(join(folder, 'host/images'))).sort();

test('a context of 50 MB goes to a host once for 25 guests, and is never held in memory', async () => {
  const blob = await contextFile(50 * 2 ** 20);
  const guests = Array.from({ length: 25 }, (_, n) => `g${n}`);
  const before = process.memoryUsage.rss();
  let peak = before;
  const timer = setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), 5);
  const outcomes = await createFilesCarrier(runner, secrets).apply(
    host!,
    guests.map((guest) => itemFor(guest, blob)),
    context(),
  );
  clearInterval(timer);
  expect(outcomes.map(({ status }) => status)).toEqual(guests.map(() => 'done'));
  const { ino, size } = await stat(join(folder, 'host/images', `${blob.sha256}.blob`));
  const texts = await Promise.all(guests.map((guest) => readFile(isoOf(guest), 'utf8')));
  for (const text of texts) expect(text).toContain(`context.tar.gz ${size} ${ino}\n`);
  expect(sent() / blob.size).toBeLessThan(1.05);
  console.log(
    `peak memory above the start: ${Math.round((peak - before) / 2 ** 20)} MiB, sent ${Math.round(sent() / 2 ** 20)} MiB`,
  );
  expect((peak - before) / 2 ** 20).toBeLessThan(150);
});

test('what lies in the cache is not sent again, is for root only, and goes when no seed was made of it for a week', async () => {
  const carrier = createFilesCarrier(runner, secrets);
  const blob = await contextFile(100_000);
  const cached = `${blob.sha256}.blob`;
  await carrier.apply(host!, [itemFor('a', blob)], context());
  const first = sent();
  expect(await carrier.apply(host!, [itemFor('b', blob)], context())).toMatchObject([{ status: 'done' }]);
  expect(sent() - first).toBeLessThan(20_000);
  expect(await inCache()).toEqual([cached]);
  expect((await stat(join(folder, 'host/images', cached))).mode & 0o777).toBe(0o600);
  const old = new Date(Date.now() - 9 * 24 * 60 * 60 * 1000);
  await utimes(join(folder, 'host/images', cached), old, old);
  await carrier.apply(host!, [itemFor('c', blob)], context());
  expect(await inCache()).toEqual([cached]);
  await utimes(join(folder, 'host/images', cached), old, old);
  await carrier.apply(host!, [itemFor('c', blob)], context());
  expect(await inCache()).toEqual([]);
});

test('a context that changed after the plan was made is refused, for every guest, and leaves nothing', async () => {
  const blob = await contextFile(100_000);
  await writeFile(blob.source, randomBytes(100_000));
  const outcomes = await createFilesCarrier(runner, secrets).apply(
    host!,
    ['a', 'b'].map((guest) => itemFor(guest, blob)),
    context(),
  );
  const failure = { code: 'file-unreadable', class: 'permanent', object: blob.source };
  expect(outcomes).toMatchObject([{ failure }, { failure }]);
  expect(await inCache()).toEqual([]);
});

test('a cancelled run does not end the transfer that another run waits for', async () => {
  // What comes is taken in only when the test says so.
  runner = await shellRunner(join(folder, 'host'), {
    genisoimage,
    cat: 'while [ ! -e "$HOST/go" ]; do sleep 0.02; done\nexec /bin/cat\n',
  });
  const blob = await contextFile(2 ** 20);
  const carrier = createFilesCarrier(runner, secrets);
  const first = new AbortController();
  let toldSecond = 0;
  const emit: RunContext['emit'] = ({ code }) => void (toldSecond += code === 'push-progress' ? 1 : 0);
  const one = carrier.apply(host!, [itemFor('a', blob)], context({ key: 'run-1/files.h1.0', signal: first.signal }));
  const other = carrier.apply(host!, [itemFor('b', blob)], context({ key: 'run-2/files.h1.0', emit }));
  const ended = (key: string) => runner.executions.some((each) => each.key === key && each.ended);
  const pushes = () => runner.executions.filter(({ key }) => key.startsWith('push/'));
  await expect.poll(() => ended('run-1/files.h1.0') && ended('run-2/files.h1.0') && pushes().length > 0).toBe(true);
  first.abort(new Error('cancelled'));
  await expect(one).rejects.toThrow('cancelled');
  await writeFile(join(folder, 'host/go'), '');
  expect(await other).toMatchObject([{ status: 'done' }]);
  expect(toldSecond).toBeGreaterThan(0);
  expect(pushes()).toHaveLength(1);
});
