import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openStore } from '../../src/adapters/store/sqlite-store.ts';
import type { GarbageItem, GarbageReport } from '../../src/model/garbage.ts';
import { output } from '../support/command.ts';
import { shellOnHost } from '../support/playground.ts';
import { stateOf } from './support/host-state.ts';
import { type Laboratory, writeLaboratory } from './support/laboratory.ts';
import { createProductOn, type Product } from './support/product.ts';

const hosts = ['main', 'h2'];
const secret = 'xMARKERx-of-the-user';

const laboratory: Laboratory = {
  guests: [
    { name: 'web', switch: 'lan', ip: '10.70.0.11', host: 'main', environment: { PASSWORD: secret } },
    { name: 'db', switch: 'lan', ip: '10.70.0.12', host: 'h2', setup: 'echo hello\n' },
  ],
};

let product: Product;
let other: Product;
let project: string;
let untouched: Readonly<Record<string, string>>;

beforeAll(async () => {
  product = await createProductOn(hosts);
  project = await writeLaboratory(join(product.folder, 'lab'), laboratory);
  // What is not ours, with names as ours would have them.
  await shellOnHost(
    'main',
    `ovn-nbctl ls-add lab-byhand
virsh -q define /dev/stdin <<X
<domain type='qemu'><name>lab-byhand</name><memory unit='MiB'>64</memory><os><type>hvm</type></os></domain>
X`,
  );
  untouched = await stateOf(hosts);
  const { code, stderr } = await product.run(project, 'up');
  expect(stderr).toContain('up completed');
  expect(code).toBe(0);
  // Its ports are free ones, so the first server has to be up.
  other = await createProductOn(hosts);
});

afterAll(async () => {
  await product.run(project, 'down', '--purge', '--yes');
  await shellOnHost('main', 'ovn-nbctl --if-exists ls-del lab-byhand; virsh -q undefine lab-byhand');
  await Promise.all([product.remove(), other.remove()]);
});

const look = (by: Product): Promise<GarbageReport> => by.json<GarbageReport>(project, 'gc');
const names = (items: readonly GarbageItem[]): string[] =>
  items.map(({ kind, name, host }) => `${kind} ${name} ${host}`);

test('a deployment that is up is no garbage', async () => {
  expect((await look(product)).counts).toEqual({ surplus: 0, missing: 0, foreign: 0 });
});

test('another installation is shown it, and does not touch it', async () => {
  const { counts, foreign } = await look(other);
  expect(counts.surplus).toBe(0);
  expect(names(foreign)).toEqual(expect.arrayContaining(['libvirt.domain lab-db h2', 'ovn.switch lab-lan main']));
  const before = await stateOf(hosts);
  expect((await other.run(project, 'gc', '--yes')).code).toBe(0);
  expect(await stateOf(hosts)).toEqual(before);
});

test('what somebody removed by hand is said to be missing', async () => {
  await shellOnHost('h2', 'virsh -q destroy lab-db; virsh -q undefine lab-db');
  const { missing } = await look(product);
  expect(names(missing)).toContain('libvirt.domain lab-db h2');
  const { code, stderr } = await product.run(project, 'up');
  expect(stderr).toContain('up completed');
  expect(code).toBe(0);
  expect((await look(product)).counts.missing).toBe(0);
});

test('a bundle holds what the hosts know of a run, and no secret', async () => {
  const path = join(product.folder, 'bundle.tar.gz');
  const { code } = await product.run(project, 'bundle', '--output', path);
  expect(code).toBe(0);
  const listed = (await output('tar', ['-tzf', path])).split('\n');
  const expected = [
    'plan.txt',
    'events.jsonl',
    'server/worker.log',
    'hosts/main/console/web.log',
    'hosts/h2/qemu/lab-db.log',
  ];
  expect(listed).toEqual(expect.arrayContaining([...expected, 'hosts/main/ovn-northbound.txt', 'hosts/h2/ovs.txt']));
  const content = await output('sh', ['-c', `tar -xzOf '${path}' | cat`]);
  expect(content).not.toContain(secret);
  expect(content).not.toContain('PRIVATE KEY');
});

test('a forgotten deployment is found and removed, and what has no mark stays', async () => {
  const store = await openStore(product.home);
  await store.removeDeployment('lab');
  await store.close();
  const { surplus, removals } = await look(product);
  expect(names(surplus)).toEqual(
    expect.arrayContaining([
      'libvirt.domain lab-web main',
      'ovn.switch lab-lan main',
      'disk lab-db h2',
      'folder lab@h2 h2',
    ]),
  );
  expect(names(surplus).filter((each) => each.includes('byhand'))).toEqual([]);
  expect(removals).toHaveLength(1);
  const { code, stderr } = await product.run(project, 'gc', '--yes');
  expect(stderr).toContain('gc of lab completed');
  expect(code).toBe(0);
  expect(await stateOf(hosts)).toEqual(untouched);
});
