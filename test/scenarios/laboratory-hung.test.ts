import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { onHost, tryOnHost } from '../support/playground.ts';
import { stateOf } from './support/host-state.ts';
import { type LaboratoryGuest, writeLaboratory } from './support/laboratory.ts';
import { createProductOn, type Product } from './support/product.ts';

const hosts = ['main'];
const guest: LaboratoryGuest = { name: 'a', switch: 'lan', ip: '10.71.0.11', host: 'main' };

let product: Product;
let project: string;
let untouched: Readonly<Record<string, string>>;

beforeAll(async () => {
  product = await createProductOn(hosts);
  project = await writeLaboratory(join(product.folder, 'hung'), {
    guests: [guest],
    switches: { lan: '10.71.0.0/24' },
  });
  const started = await product.run(project, 'server', 'start');
  expect(started.code, started.stderr).toBe(0);
  await product.run(project, 'plan');
  untouched = await stateOf(hosts);
});

afterEach(async () => {
  await tryOnHost('main', ['pkill', '-CONT', '-x', 'libvirtd']);
  const down = await product.run(project, 'down', '--purge', '--yes');
  expect(down.code, down.stderr).toBe(0);
  expect(await stateOf(hosts)).toEqual(untouched);
});

afterAll(() => product.remove());

/** libvirtd takes connections and answers nothing, as when it waits for something itself. */
const stopLibvirt = (): Promise<string> => onHost('main', 'pkill', '-STOP', '-x', 'libvirtd');
const letLibvirtGoOn = (): Promise<string> => onHost('main', 'pkill', '-CONT', '-x', 'libvirtd');

async function seconds<T>(work: () => Promise<T>): Promise<readonly [T, number]> {
  const start = performance.now();
  const result = await work();
  return [result, (performance.now() - start) / 1000];
}

test('a libvirt that hangs while the hosts are looked at is said within half a minute', async () => {
  await stopLibvirt();
  const [status, took] = await seconds(() => product.run(project, 'status'));
  expect(status.stdout + status.stderr).toMatch(/virsh .* on main gave no sign of life for 30 s/);
  expect(took).toBeLessThan(60);
  const [up] = await seconds(() => product.run(project, 'up'));
  expect(up.code).toBe(1);
  expect(up.stderr).toMatch(/virsh .* on main gave no sign of life for 30 s[^]*libvirtd/);
});

test('a libvirt that hangs in the middle of an up ends it with the command, the host, the limit and what to do', async () => {
  const up = product.start(project, 'up');
  await up.saying(/distribute main/);
  await stopLibvirt();
  const [{ code, stderr }, took] = await seconds(() => up.ended);
  console.log(`the up ended ${Math.round(took)} s after libvirt was stopped`);
  expect(code).toBe(1);
  expect(stderr).toMatch(/`virsh .*` on main gave no sign of life for 120 s and was stopped/);
  expect(stderr).toMatch(/systemctl status libvirtd/);
  expect(took).toBeLessThan(180);
});

/** An `up` that waits for a libvirt which does not answer. */
async function upThatHangs() {
  const up = product.start(project, 'up');
  await up.saying(/distribute main/);
  await stopLibvirt();
  await expect
    .poll(async () => tryOnHost('main', ['pgrep', '-x', 'virsh']), { timeout: 60_000 })
    .toMatchObject({
      code: 0,
    });
  return up;
}

test('an up that waits for a hung libvirt can be cancelled meanwhile, and rolls back', async () => {
  const up = await upThatHangs();
  expect((await product.run(project, 'cancel', '--reason', 'lunch')).code).toBe(0);
  await up.saying(/rolling back|rolled back|cancel/);
  await letLibvirtGoOn();
  const [{ code, stderr }, took] = await seconds(() => up.ended);
  expect(code).toBe(130);
  expect(stderr).toMatch(/rolled back/);
  expect(stderr).not.toMatch(/left over/);
  expect(took).toBeLessThan(60);
  expect(await stateOf(hosts)).toEqual(untouched);
});

test('rolling back does not wait for a hung libvirt for ever either: it names what is left', async () => {
  const up = await upThatHangs();
  expect((await product.run(project, 'cancel')).code).toBe(0);
  const [{ code, stderr }, took] = await seconds(() => up.ended);
  console.log(`rolling back ended ${Math.round(took)} s after the cancel`);
  expect(code).toBe(130);
  expect(stderr).toMatch(/left over/);
  expect(stderr).toMatch(/gave no sign of life for 120 s/);
  expect(took).toBeLessThan(200);
});
