import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { link, mkdir, mkdtemp, readdir, readFile, rm, stat, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { createFilesCarrier } from '../../../src/adapters/carriers/files/create-files-carrier.ts';
import { deploymentFolder, hostRoot, imagesFolder } from '../../../src/model/host.ts';
import type { Disk, Folder, Push, Resource } from '../../../src/model/resources.ts';
import { refOf } from '../../../src/model/ref.ts';
import type { FilesOp } from '../../../src/model/transport/files.ts';
import { kindOf } from '../../../src/resources/registry.ts';
import { contextOf, inventoryOf, labOwner } from '../../support/lab.ts';
import { output } from '../../support/command.ts';
import { type ShellRunner, shellRunner } from '../../support/shell-runner.ts';

const [host] = inventoryOf('h1').hosts;
const none = async (): Promise<string> => '';
const secrets = { privateKey: none, publicKey: none, path: () => '', forget: async () => undefined };

/** Creates disks that name their base where qcow2 does, for a machine without QEMU. */
const qemuImg = `[ "$1" = create ] || exit 0
while [ $# -gt 1 ]; do [ "$1" != -b ] || base=$2; shift; done
printf 'QFI_%600s%s\\n' '' "$base" >"$1"
`;

describe.each(['sh', 'busybox'] as const)('images of a host, with %s', (shell) => {
  let folder: string;
  let runner: ShellRunner;
  let image: Push['image'];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kc-images-'));
    runner = await shellRunner(join(folder, 'host'), { 'qemu-img': qemuImg }, shell);
    image = await content('tiny.qcow2');
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  async function content(name: string): Promise<Push['image']> {
    const source = join(folder, name);
    await writeFile(source, randomBytes(200_000));
    const sha256 = createHash('sha256')
      .update(await readFile(source))
      .digest('hex');
    return { sha256, size: 200_000, source };
  }

  const folderGoal = (deployment: string): Folder => {
    return { kind: 'folder', name: `${deployment}@h1`, host: 'h1', path: deploymentFolder(deployment), mode: '0711' };
  };
  const pushGoal = (deployment: string, of = image): Push => {
    const name = `${deployment}/${of.sha256.slice(0, 12)}@h1`;
    return {
      kind: 'push',
      name,
      host: 'h1',
      path: `${imagesFolder}/${of.sha256}.qcow2`,
      image: of,
      format: 'qcow2',
    };
  };
  const diskGoal = (deployment: string): Disk => ({
    kind: 'disk',
    name: `${deployment}-web`,
    host: 'h1',
    guest: 'web',
    path: `${deploymentFolder(deployment)}/disks/web.qcow2`,
    how: 'overlay',
    base: { path: pushGoal(deployment).path, format: 'qcow2', sha256: image.sha256 },
    expandGiB: 0,
  });
  /** As release 0.1 wanted it: a link in the deployment's folder. */
  const goalOfOld = (deployment: string): Push => ({
    ...pushGoal(deployment),
    path: `${deploymentFolder(deployment)}/images/${image.sha256.slice(0, 12)}.qcow2`,
  });

  async function bring(deployment: string, how: 'make' | 'remove', goals: readonly Resource[]): Promise<string[]> {
    const label = { installation: labOwner.installation, deployment, generation: 1, hash: 'x' };
    const items = goals.map((goal, at) => ({
      id: refOf(goal),
      op: kindOf(goal.kind).render(how === 'make' ? goal : undefined, label, goal) as FilesOp,
      needs: at === 0 ? [] : [refOf(goals[at - 1]!)],
    }));
    const context = {
      ...contextOf({ id: `files.${deployment}.${how}.${runner.executions.length}` }, 'do'),
      deployment,
    };
    const outcomes = await createFilesCarrier(runner, secrets).apply(host!, items, context);
    return outcomes.map((each) => ('failure' in each ? `${each.status}: ${each.failure?.message}` : each.status));
  }
  const make = (deployment: string, ...goals: Resource[]): Promise<string[]> => bring(deployment, 'make', goals);
  const remove = (deployment: string, ...goals: Resource[]): Promise<string[]> => bring(deployment, 'remove', goals);

  const onHost = (path: string): string => path.replace(hostRoot, join(folder, 'host'));
  const images = async (): Promise<string[]> =>
    (await readdir(onHost(imagesFolder)).catch(() => [])).filter((name) => name !== 'lock').sort();
  const sent = (): number => runner.executions.reduce((sum, { bytes }) => sum + bytes, 0);

  test('are there once for two deployments, sent once, and end with the last that wants them', async () => {
    expect(await make('one', folderGoal('one'), pushGoal('one'), diskGoal('one'))).toEqual(['done', 'done', 'done']);
    const after = sent();
    expect(await make('two', folderGoal('two'), pushGoal('two'), diskGoal('two'))).toEqual(['done', 'done', 'done']);
    expect(sent() - after).toBeLessThan(image.size / 2);
    expect(await images()).toEqual([`${image.sha256}.qcow2`]);
    expect((await stat(onHost(pushGoal('one').path))).nlink).toBe(1);
    expect(await remove('one', diskGoal('one'), pushGoal('one'), folderGoal('one'))).toEqual(['done', 'done', 'done']);
    expect(await images()).toEqual([`${image.sha256}.qcow2`]);
    expect(await remove('two', diskGoal('two'), pushGoal('two'), folderGoal('two'))).toEqual(['done', 'done', 'done']);
    expect(await images()).toEqual([]);
    expect(await remove('two', pushGoal('two'))).toEqual(['already']);
  });

  test('stay while a disk stands on them that no deployment lists', async () => {
    await make('one', folderGoal('one'), pushGoal('one'), diskGoal('one'));
    await make('two', folderGoal('two'), pushGoal('two'));
    const manifest = onHost(`${deploymentFolder('one')}/manifest`);
    await rm(manifest, { recursive: true });
    expect(await remove('two', pushGoal('two'))).toEqual(['done']);
    expect(await images()).toEqual([`${image.sha256}.qcow2`]);
  });

  test('stay when what others want cannot be read', async () => {
    await make('one', folderGoal('one'), pushGoal('one'));
    await make('two', folderGoal('two'), pushGoal('two'));
    await mkdir(onHost(`${deploymentFolder('one')}/manifest/unreadable.json`));
    const [said] = await remove('two', pushGoal('two'));
    expect(said).toMatch(/^failed/);
    expect(await images()).toEqual([`${image.sha256}.qcow2`]);
    await rm(onHost(`${deploymentFolder('one')}/manifest/unreadable.json`), { recursive: true });
    expect(await remove('two', pushGoal('two'))).toEqual(['done']);
    expect(await images()).toEqual([`${image.sha256}.qcow2`]);
  });

  test('that nothing wants go with the next that goes, and another is kept', async () => {
    const other = await content('other.qcow2');
    await make('one', folderGoal('one'), pushGoal('one'));
    await make('two', folderGoal('two'), pushGoal('two', other));
    await writeFile(onHost(`${imagesFolder}/${'e'.repeat(64)}.qcow2`), 'left by somebody');
    expect(await remove('one', pushGoal('one'))).toEqual(['done']);
    expect(await images()).toEqual([`${other.sha256}.qcow2`]);
  });

  test('are made of the link of release 0.1 without being sent, and what stands on the link keeps it', async () => {
    await make('one', folderGoal('one'), goalOfOld('one'));
    const older = onHost(goalOfOld('one').path);
    expect((await stat(older)).nlink).toBe(2);
    await unlink(onHost(pushGoal('one').path));
    const before = sent();
    expect(await make('one', pushGoal('one'))).toEqual(['done']);
    expect(sent() - before).toBeLessThan(image.size / 2);
    expect((await stat(older)).ino).toBe((await stat(onHost(pushGoal('one').path))).ino);
    expect(await remove('one', pushGoal('one'), folderGoal('one'))).toEqual(['done', 'done']);
    expect(existsSync(older)).toBe(false);
    expect(await images()).toEqual([]);
  });

  test('of release 0.1 whose content is another are sent again', async () => {
    await make('one', folderGoal('one'));
    const older = onHost(goalOfOld('one').path);
    await mkdir(join(older, '..'), { recursive: true });
    await writeFile(join(folder, 'wrong'), 'something else');
    await link(join(folder, 'wrong'), older);
    expect(await make('one', pushGoal('one'))).toEqual(['done']);
    expect(await readFile(onHost(pushGoal('one').path))).toEqual(await readFile(image.source));
  });

  test('are never taken from another installation, nor from a deployment that is not named', async () => {
    await make('one', folderGoal('one'), pushGoal('one'));
    const label = { installation: 'ffffffff', deployment: 'one', generation: 1, hash: 'x' };
    const op = kindOf('push').render(undefined, label, pushGoal('one')) as FilesOp;
    const context = { ...contextOf({ id: 'files.foreign' }, 'do'), deployment: 'one', installation: 'ffffffff' };
    const [outcome] = await createFilesCarrier(runner, secrets).apply(host!, [{ id: 'x', op, needs: [] }], context);
    expect(outcome).toMatchObject({ status: 'failed', failure: { code: 'name-taken' } });
    expect(await images()).toEqual([`${image.sha256}.qcow2`]);
  });

  test('survive being wanted and dropped by many at once', async () => {
    const names = Array.from({ length: 6 }, (_, n) => `d${n}`);
    await Promise.all(names.map((name) => make(name, folderGoal(name), pushGoal(name), diskGoal(name))));
    const keepers = names.slice(3);
    await Promise.all([
      ...names.slice(0, 3).map((name) => remove(name, diskGoal(name), pushGoal(name), folderGoal(name))),
      ...keepers.map((name) => make(name, pushGoal(name), diskGoal(name))),
      make('late', folderGoal('late'), pushGoal('late'), diskGoal('late')),
    ]);
    expect(await images()).toEqual([`${image.sha256}.qcow2`]);
    const all = [...keepers, 'late'];
    for (const said of await Promise.all(
      all.map((name) => remove(name, diskGoal(name), pushGoal(name), folderGoal(name))),
    ))
      expect(said).toEqual(['done', 'done', 'done']);
    expect(await images()).toEqual([]);
  });
});

test('a real disk names its base in what is read of it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'kc-base-'));
  try {
    const base = `${folder}/images/${'a'.repeat(64)}.qcow2`;
    await mkdir(join(folder, 'images'));
    await output('qemu-img', ['create', '-q', '-f', 'qcow2', base, '10M']);
    await output('qemu-img', ['create', '-q', '-f', 'qcow2', '-F', 'qcow2', '-b', base, join(folder, 'disk')]);
    expect((await readFile(join(folder, 'disk'))).subarray(0, 8192).includes(base)).toBe(true);
  } finally {
    await rm(folder, { recursive: true });
  }
});
