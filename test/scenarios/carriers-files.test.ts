import { readFileSync } from 'node:fs';

import { expect, inject, test } from 'vitest';

import { itemsOf } from '../support/carrier-hands.ts';
import { carrierFolder, carrierLabel, diskGoal, pushGoal, seedGoal } from '../support/carrier-laboratory.ts';
import { onHost, shellOnHost, tryOnHost } from '../support/playground.ts';
import { realContext } from '../support/real-hosts.ts';
import { standingCarriers } from './support/real-carriers.ts';

const { deployment } = carrierLabel;
const stood = ['files'] as const;
const carriers = standingCarriers(...stood);

test('gives a seed its secrets, indented as YAML wants them', async () => {
  const seed = await onHost('main', 'isoinfo', '-R', '-i', seedGoal('a').path, '-x', '/user-data');
  const key = (await carriers.secrets.privateKey(`${deployment}/hostkey/a`)).trimEnd().split('\n');
  expect(seed).toContain(`private: |\n${key.map((line) => `    ${line}`).join('\n')}`);
  expect(seed).toContain(`  - ${(await carriers.secrets.publicKey(`${deployment}/ssh`)).trim()}\n`);
  expect(await shellOnHost('main', `grep -rl 'PRIVATE KEY' ${carrierFolder}/manifest || true`)).toBe('');
});

test('grows a disk by what was asked for', async () => {
  const sizes = await Promise.all(
    ['a', 'b'].map(async (guest) => {
      const info = await onHost(
        'main',
        'qemu-img',
        'info',
        '-U',
        '--output=json',
        diskGoal(guest, carriers.image).path,
      );
      return (JSON.parse(info) as { 'virtual-size': number })['virtual-size'];
    }),
  );
  expect(sizes[1]! - sizes[0]!).toBe(1024 ** 3);
});

test('sends the rest of an image that came half, and believes only its hash', async () => {
  await carriers.leave(...stood);
  const image = pushGoal(carriers.image).path;
  const goals = carriers.laboratory.files.goals.filter(({ kind }) => kind === 'folder' || kind === 'push');
  const half = Math.floor(carriers.image.size / 2);
  await shellOnHost('main', `head -c ${half} /dev/zero >${image}.part`);
  const { context, events } = realContext('test/push', deployment);
  const apply = (how: 'make' | 'remove') => carriers.apply('files', itemsOf(goals, how), context);
  const [, refused] = await apply('make');
  expect(refused).toMatchObject({ status: 'failed', failure: { code: 'image-unreadable' } });
  expect((await tryOnHost('main', ['ls', image, `${image}.part`])).stdout).toBe('');
  await tryOnHost('main', ['tee', `${image}.part`], { input: readFileSync(inject('tinyImage')).subarray(0, half) });
  events.length = 0;
  const outcomes = await apply('make');
  expect(outcomes.map(({ status }) => status)).toEqual(['already', 'done']);
  expect(events[0]!.data).toMatchObject({ sent: expect.toSatisfy((sent: number) => sent > half) as unknown });
  expect((await onHost('main', 'sha256sum', image)).split(' ')[0]).toBe(carriers.image.sha256);
  await apply('remove');
  expect((await tryOnHost('main', ['ls', image])).stdout).toBe('');
});
