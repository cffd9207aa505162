import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { onHost, shellOnHost } from '../support/playground.ts';
import { writeLaboratory } from './support/laboratory.ts';
import { createProduct, type Product } from './support/product.ts';

const names = ['a', 'b', 'c', 'd', 'e', 'f'];
const most = 2;
const consoles = '/var/lib/kvm-compose/deployments/admission/console';

/**
 * Counts, again and again, the guests that libvirt runs and whose console does not speak of sshd yet. One that takes
 * longer than a slot is held, as on a busy machine, counts no more.
 */
const sampler = `: >/run/sampling
late() { # name: true for one that runs for longer than 44 s
  [ -e "/run/sampled.$1" ] || date +%s >"/run/sampled.$1"
  read -r since <"/run/sampled.$1"
  [ $(($(date +%s) - since)) -gt 44 ]
}
{ while [ -e /run/sampling ]; do
  booting=0
  for name in $(virsh -q list --state-running --name); do
    case $name in admission-*) late "$name" || grep -q 'starting sshd' "${consoles}/\${name#admission-}.log" || booting=$((booting + 1));; esac
  done
  echo $booting
  sleep 0.2
done; } >/run/sampled 2>/dev/null </dev/null &`;

let product: Product;
let project: string;

beforeAll(async () => {
  product = await createProduct();
  const guests = names.map((name, n) => ({ name, switch: 'lan', ip: `10.70.0.${n + 11}`, host: 'main' }));
  project = await writeLaboratory(join(product.folder, 'admission'), { guests });
});

afterAll(async () => {
  await shellOnHost('main', 'rm -f /run/sampling /run/sampled /run/sampled.*');
  await product.run(project, 'down', '--purge', '--yes');
  await product.remove();
});

const domains = async (state: 'running' | 'paused'): Promise<string[]> => {
  const listed = await onHost('main', 'virsh', '-q', 'list', `--state-${state}`, '--name');
  return listed.split('\n').filter((name) => name.startsWith('admission-'));
};

test('never more guests boot at a time than may, also when the worker is killed in mid-wave, and none is lost', async () => {
  const planned = await product.run(project, 'plan', '--boot-parallelism', String(most));
  expect(planned.stdout).toContain(`${names.length} guests boot on main, at most ${most} at a time`);
  await shellOnHost('main', sampler);
  const up = product.start(project, 'up', '--boot-parallelism', String(most));
  await up.saying(/guest \w+ is ready/);
  expect((await domains('paused')).length).toBeGreaterThan(0);
  const status = await product.json<{ guests: readonly { state: string }[] }>(project, 'status');
  expect(status.guests.map(({ state }) => state)).toContain('waits for room');
  process.kill((await product.server()).parts.worker.pid, 'SIGKILL');
  const { code, stderr } = await up.ended;
  expect(code, stderr).toBe(0);
  await shellOnHost('main', 'rm /run/sampling');
  expect(await domains('running')).toHaveLength(names.length);
  const sampled = (await onHost('main', 'cat', '/run/sampled')).split('\n').map(Number);
  expect(Math.max(...sampled)).toBe(most);
  expect(await product.run(project, 'plan', '--detailed-exitcode')).toMatchObject({ code: 0 });
});

test('a guest that a worker left waiting boots with the next up', async () => {
  await onHost('main', 'virsh', '-q', 'suspend', 'admission-a');
  const again = await product.run(project, 'plan');
  expect(again.stdout).toMatch(/change 1 guest\.ready on main: paused/);
  expect(again.stdout).not.toContain('libvirt.domain');
  const { code, stderr } = await product.run(project, 'up');
  expect(code, stderr).toBe(0);
  expect(await domains('running')).toHaveLength(names.length);
});
