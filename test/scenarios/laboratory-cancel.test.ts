import { rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stateOf } from './support/host-state.ts';
import { type LaboratoryGuest, writeLaboratory } from './support/laboratory.ts';
import { createProduct, type Product } from './support/product.ts';

/** A setup script that never ends by itself. */
const setup = 'echo waiting\nexec sleep 4321\n';
const old: LaboratoryGuest = { name: 'old', switch: 'lan', ip: '10.70.0.11', host: 'main' };
const fresh: LaboratoryGuest = { name: 'fresh', switch: 'lan', ip: '10.70.0.12', host: 'main', setup };
const other: LaboratoryGuest = { name: 'other', switch: 'lan', ip: '10.70.0.13', host: 'h2' };

let product: Product;
let project: string;

const write = (...guests: readonly LaboratoryGuest[]) => writeLaboratory(project, { guests });
const hosts = () => stateOf(['main', 'h2', 'h3']);
const inOld = (script: string) => product.run(project, 'ssh', 'old', '--', script);

beforeAll(async () => {
  product = await createProduct();
  project = join(product.folder, 'cancels');
});

afterAll(async () => {
  await product.run(project, 'down', '--purge', '--yes');
  await product.remove();
});

describe('Ctrl-C', () => {
  test('rolls back a first up while guests start, to the last file', async () => {
    await write(old, other);
    const before = await hosts();
    const up = product.start(project, 'up');
    await up.saying(/done: create 1 libvirt\.domain/);
    up.kill('SIGINT');
    const { code, stderr } = await up.ended;
    expect(code, stderr).toBe(130);
    expect(stderr).toMatch(/rolled back domain cancels-other/);
    expect(stderr).toMatch(/up cancelled after .*: \d+ rolled back$/m);
    // The mark of a stop that came too late goes when its connection has ended.
    await expect.poll(hosts, { timeout: 10_000 }).toEqual(before);
  });

  test('in the middle of sending a disk stops that, and leaves nothing of what came', async () => {
    await write({ ...old, disk: 'large.img' });
    const large = join(project, 'large.img');
    await writeFile(large, '');
    await truncate(large, 1024 ** 3);
    const before = await hosts();
    const up = product.start(project, 'up', '--progress', 'json');
    await up.saying(/push-progress/);
    up.kill('SIGINT');
    const { code, stderr } = await up.ended;
    expect(code, stderr).toBe(130);
    // The mark of a stop that came too late goes when its connection has ended.
    await expect.poll(hosts, { timeout: 10_000 }).toEqual(before);
    await rm(large);
  });

  test('in the middle of a script in a guest that was there before kills the script and leaves the guest', async () => {
    await write(old);
    expect((await product.run(project, 'up')).code).toBe(0);
    await write({ ...old, setup });
    const before = await hosts();
    const up = product.start(project, 'up');
    await up.saying(/old \| waiting/);
    up.kill('SIGINT');
    const { code, stderr } = await up.ended;
    expect(code, stderr).toBe(130);
    expect(stderr).toMatch(/left over: .*script.*stays/);
    expect((await inOld('pgrep -f "sleep 432[1]" || echo gone; cat /disk/boots')).stdout).toBe('gone\n1\n');
    // The next up only forgets that there was a script.
    await write(old);
    expect((await product.run(project, 'up')).code).toBe(0);
    // The mark of a stop that came too late goes when its connection has ended.
    await expect.poll(hosts, { timeout: 10_000 }).toEqual(before);
  });
});

describe('cancel from another terminal', () => {
  test('rolls back what an up added, and not what was there before', async () => {
    const before = await hosts();
    await write(old, fresh, other);
    const up = product.start(project, 'up');
    await up.saying(/fresh \| waiting/);
    expect(await product.run(project, 'up')).toMatchObject({ code: 3, stderr: expect.stringMatching(/attach/) });
    expect((await product.run(project, 'cancel', '--reason', 'enough')).code).toBe(0);
    const { code, stderr } = await up.ended;
    expect(code, stderr).toBe(130);
    expect(stderr).toMatch(/enough.*rolled back/);
    // The mark of a stop that came too late goes when its connection has ended.
    await expect.poll(hosts, { timeout: 10_000 }).toEqual(before);
    expect((await inOld('cat /disk/boots')).stdout).toBe('1\n');
    expect(await product.run(project, 'cancel')).toMatchObject({ code: 2 });
  });
});
