import { chmod, mkdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { output } from '../support/command.ts';
import { onHost, playground } from '../support/playground.ts';
import { stateOf } from './support/host-state.ts';
import { type Laboratory, type LaboratoryGuest, writeLaboratory } from './support/laboratory.ts';
import { createProduct, hostsFileOf, type Product } from './support/product.ts';

const hosts = ['main', 'h2'];
const a: LaboratoryGuest = { name: 'a', switch: 'lan', ip: '10.70.0.11', host: 'main' };
const b: LaboratoryGuest = { name: 'b', switch: 'lan', ip: '10.70.0.12', host: 'h2' };

let product: Product;
let project: string;
let untouched: Readonly<Record<string, string>>;

beforeAll(async () => {
  product = await createProduct();
  project = await writeLaboratory(join(product.folder, 'faults'), { guests: [a, b] });
  const started = await product.run(project, 'server', 'start');
  expect(started.code, started.stderr).toBe(0);
  await product.run(project, 'plan');
  untouched = await stateOf(hosts);
});

afterAll(() => product.remove());

/** An up that must be refused with one clear message, and leave the hosts alone. */
async function refused(code: number, message: RegExp, given: Product = product): Promise<void> {
  const up = await given.run(project, 'up');
  expect(up.stderr).toMatch(message);
  expect(up.code, up.stderr).toBe(code);
  expect(up.stderr).not.toMatch(/^\s+at /m);
  expect(up.stderr.match(/^error/gm)?.length ?? 0).toBeLessThanOrEqual(1);
  expect(await stateOf(hosts)).toEqual(untouched);
}

const write = (laboratory: Laboratory) => writeLaboratory(project, laboratory);

describe('a file that is wrong is refused with exit code 2', () => {
  test('when there is none', async () => {
    await rm(join(project, 'kvm-compose.yaml'));
    await refused(2, /kvm-compose\.yaml/);
  });

  test('when it is no YAML, with line and column', async () => {
    await writeFile(join(project, 'kvm-compose.yaml'), 'machines:\n  - name: web\n   network: []\n');
    await refused(2, /kvm-compose\.yaml:3:\d+/);
  });

  test('when it names a switch that is not there', async () => {
    await write({ guests: [{ ...a, switch: 'lam' }] });
    await refused(2, /lam[^]*lan/);
  });

  test('when an address is given twice', async () => {
    await write({ guests: [a, { ...b, ip: a.ip }] });
    await refused(2, /10\.70\.0\.11/);
  });

  test('when a script is missing', async () => {
    await write({ guests: [{ ...a, setup: 'true\n' }] });
    await rm(join(project, 'a.sh'));
    await refused(2, /a\.sh/);
  });

  test('when a disk is missing', async () => {
    await write({ guests: [{ ...a, disk: '/nowhere/disk.qcow2' }] });
    await refused(2, /\/nowhere\/disk\.qcow2/);
  });

  test('when no catalogue knows its image', async () => {
    await write({ guests: [{ ...a, image: 'tinny' }] });
    await refused(2, /tinny/);
  });

  test('a catalogue whose file is gone', async () => {
    await write({ guests: [a] });
    const images = join(product.folder, 'images.yaml');
    await writeFile(images, 'images: { tiny: { file: /nowhere/tiny.qcow2, format: qcow2 } }\n');
    await refused(2, /\/nowhere\/tiny\.qcow2/);
    await writeFile(images, `images: { tiny: { file: ${inject('tinyImage')}, format: qcow2 } }\n`);
  });
});

describe('what is not as it should be is said, with exit code 1', () => {
  test('a folder that QEMU cannot pass through to its disk', async () => {
    await write({ guests: [a] });
    const mode = await onHost('main', 'stat', '-c', '%a', '/var/lib/kvm-compose');
    await onHost('main', 'chmod', '700', '/var/lib/kvm-compose');
    const up = await product.run(project, 'up');
    await onHost('main', 'chmod', mode, '/var/lib/kvm-compose');
    expect(up.code, up.stderr).toBe(1);
    expect(up.stderr).toMatch(/QEMU cannot read a disk of faults-a[^]*every folder on the way/);
    // What was done before stays for the next up, or goes.
    expect((await product.run(project, 'down', '--purge', '--yes')).code).toBe(0);
    expect(await stateOf(hosts)).toEqual(untouched);
  });

  test('a host that does not answer', async () => {
    await write({ guests: [a, b, { name: 'c', switch: 'lan', ip: '10.70.0.13', host: 'h3' }] });
    await playground('crash', 'h3');
    try {
      await refused(1, /h3/);
    } finally {
      await playground('start', 'h3');
    }
  });

  test('a host that knows another key', async () => {
    await write({ guests: [a] });
    const key = join(product.folder, 'wrong-key');
    await output('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
    const file = join(product.folder, 'wrong-hosts.yaml');
    const text = await hostsFileOf(['main']);
    await writeFile(file, text.replace(/identity_file: "[^"]*"/, `identity_file: "${key}"`));
    await refused(1, /main[^]*(key|refuse)/, product.with({ KVM_COMPOSE_HOSTS: file }));
  });

  test('a port that something else listens on', async () => {
    const server = createServer().listen(product.port + 50, '127.0.0.1');
    const other = product.with({
      KVM_COMPOSE_HOME: join(product.folder, 'other-home'),
      KVM_COMPOSE_PORT: String(product.port + 50),
    });
    await refused(1, new RegExp(`port ${product.port + 50} is taken`), other);
    server.close();
  });

  test('a home that is not for this user', async () => {
    const home = join(product.folder, 'closed-home');
    await mkdir(home, { mode: 0o700 });
    await chmod(product.folder, 0o755);
    const env = Object.entries({ ...product.env, KVM_COMPOSE_HOME: home }).map(([name, value]) => `${name}=${value}`);
    const program = `${process.cwd()}/kvm-compose`;
    const words = ['-u', 'nobody', '--', 'env', '-C', project, ...env, program, 'up'];
    const up = await output('runuser', words).catch((error: unknown) => String(error));
    expect(up).toMatch(/ended with 1: [^]*home[^]*(sudo|root)/);
  });
});
