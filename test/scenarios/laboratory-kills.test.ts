import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { onHost } from '../support/playground.ts';
import { stateOf } from './support/host-state.ts';
import { type Laboratory, type LaboratoryGuest, writeLaboratory } from './support/laboratory.ts';
import { createProduct, type Product, type RunningCommand } from './support/product.ts';

/** A setup script that counts its runs on the guest's disk and goes on when it is told to. */
const setup = `set -e
echo x >>/var/lib/kvm-compose/count
echo waiting
until [ -e /tmp/go ]; do sleep 0.1; done
echo going on
`;
const guest = (name: string, ip: string, host: string, more: Partial<LaboratoryGuest> = {}): LaboratoryGuest => ({
  name,
  switch: 'lan',
  ip,
  host,
  ...more,
});
const first: Laboratory = {
  guests: [guest('a', '10.70.0.11', 'main', { setup }), guest('b', '10.70.0.12', 'h2')],
};
const second: Laboratory = { guests: [...first.guests, guest('c', '10.70.0.13', 'h2', { setup })] };

/** What goes on after a kill must do so within this time, also on a slow machine. */
const soonMs = 30_000;

let product: Product;
let project: string;
let up: RunningCommand;
let untouched: Readonly<Record<string, string>>;

const kill = async (part: 'temporal' | 'worker' | 'gateway'): Promise<void> =>
  void process.kill((await product.server()).parts[part].pid, 'SIGKILL');
const inGuest = (name: string, ...words: readonly string[]) => product.run(project, 'exec', name, '--', ...words);

/** Waits for what must be said soon; how long it took. */
async function soon(name: string, running: RunningCommand, pattern: RegExp): Promise<void> {
  const begin = Date.now();
  await running.saying(pattern);
  const tookMs = Date.now() - begin;
  console.log(`${name}: went on after ${(tookMs / 1000).toFixed(1)} s`);
  expect(tookMs).toBeLessThan(soonMs);
}

/** The numbers of the events in JSON lines. */
function numbersIn(stdout: string): number[] {
  const lines = stdout.split('\n').filter((line) => line !== '');
  return lines.map((line) => (JSON.parse(line) as { seq?: number }).seq).filter((seq) => seq !== undefined);
}

beforeAll(async () => {
  product = await createProduct();
  project = await writeLaboratory(join(product.folder, 'kills'), first);
  untouched = await stateOf(['main', 'h2']);
});

afterAll(async () => {
  await product.run(project, 'down', '--purge', '--yes');
  await product.remove();
});

describe('an up whose worker is killed', () => {
  test('goes on where it was: while domains start', async () => {
    up = product.start(project, 'up');
    await up.saying(/start \w+: create 1 libvirt\.domain/);
    await kill('worker');
    await soon('worker, starting domains', up, /done: create 1 libvirt\.domain/);
  });

  test('and in the middle of a setup script, which runs once', async () => {
    await up.saying(/a \| waiting/);
    await kill('worker');
    await soon('worker, running a script', up, /script a\.sh .*found running|script a\.sh .*followed/);
    expect(await inGuest('a', 'touch', '/tmp/go')).toMatchObject({ code: 0 });
    await soon('worker, following the script', up, /a \| going on/);
    const { code, stderr } = await up.ended;
    expect(code, stderr).toBe(0);
    expect((await inGuest('a', 'cat', '/var/lib/kvm-compose/count', '/disk/boots')).stdout).toBe('x\n1\n');
    expect(stderr.match(/a \| waiting/g)).toHaveLength(1);
    expect((await product.server()).parts.worker.restarts).toBe(2);
  });
});

describe('an up whose gateway, Temporal, command line and supervisor are killed', () => {
  test('is followed to its end, without a gap, with the right exit code', async () => {
    await writeLaboratory(project, second);
    const before = await onHost('main', 'cat', '/run/libvirt/qemu/kills-a.pid');
    const watching = product.start(project, 'up', '--progress', 'json');
    await watching.saying(/"batch-started"/);
    await kill('gateway');
    await soon('gateway', watching, /found it again/);
    await watching.saying(/"text":"waiting"/);
    await kill('temporal');
    watching.kill('SIGKILL');
    const observed = numbersIn((await watching.ended).stdout.replace(/[^\n]*$/, ''));

    const attached = product.start(project, 'attach', '--progress', 'json', '--since', String(observed.at(-1)));
    await attached.saying(/"type":"started"/);
    process.kill((await product.server()).pid, 'SIGKILL');
    await soon('supervisor', attached, /found it again/);
    expect(await inGuest('c', 'touch', '/tmp/go')).toMatchObject({ code: 0 });
    await soon('Temporal and supervisor', attached, /going on/);
    const { code, stdout, stderr } = await attached.ended;
    expect(code, stderr).toBe(0);
    const all = [...observed, ...numbersIn(stdout)];
    expect(all).toEqual(all.map((_, n) => n + 1));
    expect((await inGuest('c', 'cat', '/var/lib/kvm-compose/count')).stdout).toBe('x\n');
    expect(await onHost('main', 'cat', '/run/libvirt/qemu/kills-a.pid')).toBe(before);
  });

  test('and nothing of it stays after down', async () => {
    const { code, stderr } = await product.run(project, 'down', '--purge', '--yes');
    expect(code, stderr).toBe(0);
    expect(await stateOf(['main', 'h2'])).toEqual(untouched);
  });
});
