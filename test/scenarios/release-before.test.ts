import { mkdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { output } from '../support/command.ts';
import { onHost, shellOnHost } from '../support/playground.ts';
import { stateOf } from './support/host-state.ts';
import { type LaboratoryGuest, writeLaboratory } from './support/laboratory.ts';
import { createProduct, type Product } from './support/product.ts';

// A laboratory that release 0.1 made on real hosts, in the hands of the programs of today. How its programs were
// built: test/fixtures/release-0.1/make.md.

const fixture = resolve(import.meta.dirname, '../fixtures/release-0.1/programs.tar.gz');
// Below node_modules, so that they find the packages of this checkout.
const old = resolve('node_modules/.cache/release-0.1');
const hosts = ['main', 'h2'] as const;
const count = 'echo x >>/var/lib/kvm-compose/count\n';

let product: Product;
let project: string;
let untouched: Readonly<Record<string, string>>;
let processes: string;

/** Who runs, and since when. */
async function running(): Promise<string> {
  const all = hosts.map((host) =>
    shellOnHost(host, 'for f in /run/libvirt/qemu/older-*.pid; do [ ! -e "$f" ] || echo "$f $(cat "$f")"; done'),
  );
  return (await Promise.all(all)).join('\n');
}

async function write(...more: readonly LaboratoryGuest[]): Promise<void> {
  await writeLaboratory(project, {
    guests: [
      { name: 'a', switch: 'lan', ip: '10.70.0.11', host: 'main', setup: count, environment: { WHO: 'a' } },
      { name: 'b', switch: 'lan', ip: '10.70.0.12', host: 'h2', setup: count, context: 'from the context' },
      ...more,
    ],
    router: { lan: '10.70.0.1/24' },
  });
}

const counted = async (guest: string): Promise<string> =>
  (await product.run(project, 'exec', guest, '--', 'cat', '/var/lib/kvm-compose/count')).stdout;

beforeAll(async () => {
  product = await createProduct();
  project = join(product.folder, 'older');
  await write();
  untouched = await stateOf(hosts);
  await rm(old, { recursive: true, force: true });
  await mkdir(old, { recursive: true });
  await output('tar', ['-xzf', fixture, '-C', old]);
  const before = product.builtAs(join(old, 'kvm-compose'));
  const { code, stderr } = await before.run(project, 'up');
  expect(code, stderr).toBe(0);
  await before.run(project, 'server', 'stop');
  processes = await running();
});

afterAll(async () => {
  await product.run(project, 'down', '--purge', '--yes');
  await product.remove();
  await rm(old, { recursive: true, force: true });
});

describe('a laboratory that the release before made', () => {
  test('is shown as it is, without a command of today having seen it', async () => {
    const { code, stdout, stderr } = await product.run(project, 'status');
    expect(stderr).not.toContain('error');
    expect(stdout).toMatch(/a\s+main\s+running/);
    expect(stdout).toMatch(/b\s+h2\s+running/);
    expect(code).toBe(0);
  });

  test('is planned without a restart, a remake or a loss', async () => {
    const { stdout } = await product.run(project, 'plan');
    expect(stdout.replaceAll(/older\/[0-9a-f]{12}/g, 'IMAGE')).toBe(`older: 0 to create, 2 to change, 0 to remove

images
  change 1 push on h2: is kept once for all deployments now
    IMAGE@h2
  change 1 push on main: is kept once for all deployments now
    IMAGE@main
`);
  });

  test('keeps its guests and their scripts over the first up, and then nothing is to do', async () => {
    const { code, stderr } = await product.run(project, 'up');
    expect(code, stderr).toBe(0);
    expect(await running()).toBe(processes);
    expect(await counted('a')).toBe('x\n');
    expect(await counted('b')).toBe('x\n');
    expect((await product.run(project, 'up')).stderr).toContain('nothing to do');
  });

  test('has one image for the disks of both releases', async () => {
    await write({ name: 'c', switch: 'lan', ip: '10.70.0.13', host: 'h2' });
    const { code, stderr } = await product.run(project, 'up');
    expect(code, stderr).toBe(0);
    expect(await running()).toContain(processes.split('\n').at(-1)!.trim());
    const inodes = await shellOnHost(
      'h2',
      'cd /var/lib/kvm-compose && stat -c %i images/*.qcow2 deployments/older/images/* | sort -u | wc -l',
    );
    expect(inodes.trim()).toBe('1');
  });

  test('goes down, and comes up again on the disks it had', async () => {
    expect((await product.run(project, 'down')).code).toBe(0);
    const { code, stderr } = await product.run(project, 'up');
    expect(code, stderr).toBe(0);
    expect(await counted('a')).toBe('x\n');
    expect(await onHost('main', 'virsh', '-q', 'domstate', 'older-a')).toBe('running');
  });

  test('leaves nothing when it is purged', async () => {
    const { code, stderr } = await product.run(project, 'down', '--purge', '--yes');
    expect(code, stderr).toBe(0);
    expect(await stateOf(hosts)).toEqual(untouched);
  });
});
