import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { onHost } from '../support/playground.ts';
import { writeLaboratory } from './support/laboratory.ts';
import { createProductOn, type Product } from './support/product.ts';

let product: Product;
let project: string;

const laboratory = { guests: [{ name: 'web', switch: 'lan', ip: '10.70.0.11' }] };
const domainFile = (): string => join(project, 'artefacts/web/domain.xml');
const xmlInLibvirt = (): Promise<string> => onHost('main', 'virsh', 'dumpxml', 'lab-web');
const editMemory = async (to: string): Promise<void> => {
  const text = await readFile(domainFile(), 'utf8');
  await writeFile(domainFile(), text.replace(/<memory unit='MiB'>\d+/, `<memory unit='MiB'>${to}`));
};

beforeAll(async () => {
  product = await createProductOn(['main']);
  project = await writeLaboratory(join(product.folder, 'lab'), laboratory);
});

afterAll(async () => {
  await product.run(project, 'down', '--purge', '--yes');
  await product.remove();
});

describe('artefacts on a real host', () => {
  test('are generated, and what was edited in them is what libvirt runs', async () => {
    expect(await product.run(project, 'generate-artefacts')).toMatchObject({ code: 0 });
    await editMemory('160');
    const plan = await product.run(project, 'plan');
    expect(plan.stdout).toContain('artefacts/web/domain.xml was edited');
    expect(await product.run(project, 'up')).toMatchObject({ code: 0 });
    expect(await xmlInLibvirt()).toContain(`<memory unit='KiB'>${160 * 1024}</memory>`);
  });

  test('change nothing the second time', async () => {
    expect(await product.run(project, 'plan', '--detailed-exitcode')).toMatchObject({ code: 0 });
  });

  test('that are edited again restart the guest, as a saved plan said; the plan is good once', async () => {
    await editMemory('144');
    expect(await product.run(project, 'plan', '--out', 'plan.json')).toMatchObject({ code: 0 });
    expect(await product.run(project, 'up', '--plan', 'plan.json')).toMatchObject({ code: 0 });
    expect(await xmlInLibvirt()).toContain(`<memory unit='KiB'>${144 * 1024}</memory>`);
    const again = await product.run(project, 'up', '--plan', 'plan.json');
    expect(again.stderr).toContain('plan-stale');
    expect(again.code).toBe(1);
  });

  test('that libvirt refuses leave the guest as it was edited before, when that is asked for', async () => {
    const good = await readFile(domainFile(), 'utf8');
    await writeFile(domainFile(), good.replace(/<memory unit='MiB'>\d+/, "<memory unit='MiB'>none"));
    const refused = await product.run(project, 'up', '--on-failure', 'undo');
    expect(refused.stderr).toContain('libvirt-refused');
    await writeFile(domainFile(), good);
    expect(await product.run(project, 'up')).toMatchObject({ code: 0 });
    expect(await xmlInLibvirt()).toContain(`<memory unit='KiB'>${144 * 1024}</memory>`);
  });

  test('that are removed give the generated domain back', async () => {
    await rm(domainFile());
    const up = await product.run(project, 'up');
    expect(up).toMatchObject({ code: 0 });
    expect(await xmlInLibvirt()).toContain(`<memory unit='KiB'>${128 * 1024}</memory>`);
    expect(await product.run(project, 'clear-artefacts')).toMatchObject({ code: 0 });
    expect(await readFile(join(project, 'lab-state.json'), 'utf8')).toContain('"web": "main"');
  });
});
