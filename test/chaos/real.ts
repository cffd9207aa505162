import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, cp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type LaboratoryGuest, writeLaboratory } from '../scenarios/support/laboratory.ts';
import { createProduct, type Product, type ProductSetting } from '../scenarios/support/product.ts';
import { onHost } from '../support/playground.ts';
import type { Arena } from './arena.ts';
import { hostVictims, ownVictims, type Variant } from './draw.ts';
import { dumpOf } from './host-dump.ts';
import { hostHurts } from './hosts.ts';
import { ownMended } from './own-processes.ts';
import { realLook } from './real-look.ts';

const hosts = ['main', 'h2'];
const deployment = 'chaos';

/** Counts its runs on the guest's disk, and takes long enough to be interrupted. */
const countingScript = `set -e
echo x >>/var/lib/kvm-compose/count
for n in 1 2 3 4 5 6; do echo "step $n"; sleep 0.3; done
`;

/** A product with a laboratory of two to four tiny guests on the first two hosts of a playground. */
export async function realArena(setting: ProductSetting): Promise<Arena> {
  const product = await createProduct(setting);
  const disk = join(product.folder, 'own.qcow2');
  await copyFile(setting.tinyImage, disk);
  const diskHash = await hashOf(disk);
  const project = join(product.folder, deployment);
  const write = async (variant: Variant): Promise<void> =>
    void (await writeLaboratory(project, { guests: guestsOf(variant, disk), router: { lan: '10.70.0.1/24' } }));
  const hurts = hostHurts(hosts);
  const mended = async (): Promise<void> => {
    await hurts.mended();
    await ownMended(product.home);
  };
  const variants = [2, 3, 4].flatMap((guests) => [128, 144].map((memoryMb) => ({ guests, memoryMb })));
  await write(variants[0]!);
  const guests = guestsOf({ guests: 4, memoryMb: 128 }, disk).map(({ name, host, setup }) => {
    return { name, host: host!, hasScript: setup !== undefined };
  });
  return {
    deck: { variants, victims: [...ownVictims, ...hostVictims], hosts, guests, events: 60 },
    home: product.home,
    deployment,
    patienceMs: 300_000,
    start: (...words) => product.start(project, ...words),
    write,
    hurt: (blow) => hurts.hurt(blow),
    mended,
    dump: () => dumpOf(hosts),
    look: realLook(product, project, deployment, guests),
    complaints: async (variant) => [
      ...(await complaintsOf(product, project, guestsOf(variant, disk))),
      ...((await hashOf(disk)) === diskHash ? [] : ["the user's disk was written to"]),
    ],
    keep: async (folder) => {
      for (const part of ['events', 'logs', 'plans']) {
        const source = join(product.home, part);
        if (existsSync(source)) await cp(source, join(folder, part), { recursive: true });
      }
    },
    remove: async () => {
      await hurts.mended();
      await product.run(project, 'down', '--purge', '--yes');
      await product.remove();
    },
  };
}

function guestsOf({ guests, memoryMb }: Variant, disk: string): LaboratoryGuest[] {
  const lan = { switch: 'lan', gateway: '10.70.0.1' };
  return [
    { ...lan, name: 'a', ip: '10.70.0.11', host: 'main', setup: countingScript },
    { ...lan, name: 'b', ip: '10.70.0.12', host: 'h2', memoryMb },
    { ...lan, name: 'c', ip: '10.70.0.13', host: 'h2', setup: countingScript },
    { ...lan, name: 'd', ip: '10.70.0.14', host: 'main', disk },
  ].slice(0, guests);
}

async function hashOf(file: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(file))
    .digest('hex');
}

async function complaintsOf(product: Product, project: string, guests: readonly LaboratoryGuest[]): Promise<string[]> {
  const inGuest = (name: string, ...words: readonly string[]) => product.run(project, 'exec', name, '--', ...words);
  const looks = guests.map(async ({ name, ip, host, memoryMb = 128, disk }) => {
    const info = await onHost(host!, 'virsh', '-q', 'dominfo', `${deployment}-${name}`).catch(String);
    // A disk of the user's own knows nothing of addresses.
    const ping = name === 'a' || disk !== undefined ? undefined : await inGuest('a', 'ping', '-c', '1', '-W', '5', ip);
    return [
      ...(/^State: +running$/m.test(info) ? [] : [`${name} does not run on ${host}: ${info}`]),
      ...(new RegExp(`^Used memory: +${memoryMb * 1024} KiB$`, 'm').test(info) ? [] : [`${name} has another memory`]),
      ...(ping === undefined || ping.code === 0 ? [] : [`a does not reach ${name}: ${ping.stdout}${ping.stderr}`]),
    ];
  });
  const running = await Promise.all(hosts.map((host) => onHost(host, 'virsh', '-q', 'list', '--all', '--name')));
  const names = running.flatMap((text) => text.split('\n').filter(Boolean));
  const others = names.length === guests.length ? [] : [`domains ${names.join(', ')} instead of ${guests.length}`];
  return [...(await Promise.all(looks)).flat(), ...others];
}
