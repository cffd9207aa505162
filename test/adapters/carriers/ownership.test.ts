import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { createFilesCarrier } from '../../../src/adapters/carriers/files/create-files-carrier.ts';
import { recordsOn } from '../../../src/adapters/carriers/guest/records.ts';
import { createLibvirtCarrier } from '../../../src/adapters/carriers/libvirt/create-libvirt-carrier.ts';
import { createLinksCarrier } from '../../../src/adapters/carriers/links/create-links-carrier.ts';
import { createOvnCarrier } from '../../../src/adapters/carriers/ovn/create-ovn-carrier.ts';
import { manifestLine, manifestPath } from '../../../src/adapters/host/manifest.ts';
import { hostRoot } from '../../../src/model/host.ts';
import { labelToPairs, type OwnerLabel } from '../../../src/model/owner-label.ts';
import { refOf } from '../../../src/model/ref.ts';
import type { Resource } from '../../../src/model/resources.ts';
import type { Op } from '../../../src/model/transport/op.ts';
import type { Carrier } from '../../../src/ports/carrier.ts';
import { kindOf } from '../../../src/resources/registry.ts';
import { goals } from '../../support/goals.ts';
import { contextOf, inventoryOf, labOwner } from '../../support/lab.ts';
import { type ShellRunner, shellRunner } from '../../support/shell-runner.ts';

const [host] = inventoryOf('h1').hosts;
const context = contextOf({ id: 'x' }, 'do');
const ours: OwnerLabel = { ...labOwner, generation: 1, hash: 'x' };
const secrets = {
  privateKey: async () => '',
  publicKey: async () => '',
  path: () => '',
  forget: async () => undefined,
};

/** Deployments of the same name, made by other servers, and others of this one. */
const others: readonly (readonly [string, OwnerLabel])[] = [
  ['another installation', { ...ours, installation: 'ffffffff' }],
  ['another deployment', { ...ours, deployment: 'lab-2' }],
];

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kc-owner-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

const onHost = (path: string): string => path.replace(hostRoot, folder);

async function put(path: string, text: string): Promise<void> {
  await mkdir(dirname(onHost(path)), { recursive: true });
  await writeFile(onHost(path), text);
}

/** A file with its record in our deployment's manifest, which says whose it is. */
async function record(goal: Resource, label: OwnerLabel): Promise<string> {
  const path = manifestPath(ours.deployment, refOf(goal));
  await put(path, `${manifestLine({ ref: refOf(goal), mark: label, goal })}\n`);
  return onHost(path);
}

async function remove(carrier: Carrier, goal: Resource): Promise<unknown> {
  const op: Op = kindOf(goal.kind).render(undefined, ours, goal);
  const [outcome] = await carrier.apply(host!, [{ id: 'x', op, needs: [] }], context);
  return outcome;
}

const refused = { status: 'failed', failure: { code: 'name-taken', class: 'permanent' } };

describe.each([...others])('of %s', (_name, label) => {
  test.each([goals.disk, goals.seed, goals.push])('a file stays: $kind', async (goal) => {
    const carrier = createFilesCarrier(await shellRunner(folder, {}), secrets);
    await put(goal.path, 'content');
    const path = await record(goal, label);
    expect(await remove(carrier as unknown as Carrier, goal)).toMatchObject(refused);
    expect([existsSync(onHost(goal.path)), existsSync(path)]).toEqual([true, true]);
  });

  test('a folder stays in whose manifest anything is', async () => {
    const carrier = createFilesCarrier(await shellRunner(folder, {}), secrets);
    await record(goals.folder, ours);
    const path = await record(goals['guest.ready'], label);
    expect(await remove(carrier as unknown as Carrier, goals.folder)).toMatchObject(refused);
    expect(existsSync(path)).toBe(true);
  });

  test('a record about a guest stays', async () => {
    const path = await record(goals.script, label);
    const records = recordsOn(await shellRunner(folder, {}), host!, context);
    await expect(records.remove(ours.deployment, refOf(goals.script))).rejects.toMatchObject({
      data: { code: 'name-taken' },
    });
    expect(existsSync(path)).toBe(true);
  });

  test('a link stays', async () => {
    const log = await remembering(label);
    const carrier = createLinksCarrier(log.runner);
    expect(await remove(carrier as unknown as Carrier, goals['access.link'])).toMatchObject(refused);
    expect(await log.changes()).toEqual([]);
  });

  test('a domain stays, with its ports', async () => {
    const log = await remembering(label);
    const carrier = createLibvirtCarrier(log.runner);
    expect(await remove(carrier as unknown as Carrier, goals['libvirt.domain'])).toMatchObject(refused);
    expect(await log.changes()).toEqual([]);
  });

  test('a row stays', async () => {
    const log = await remembering(label);
    const carrier = createOvnCarrier(log.runner);
    expect(await remove(carrier as unknown as Carrier, goals['ovn.router'])).toMatchObject(refused);
    expect(await log.changes()).toEqual([]);
  });
});

test('what is ours goes: files, records, links, domains and rows', async () => {
  const carrier = createFilesCarrier(await shellRunner(folder, {}), secrets) as unknown as Carrier;
  await put(goals.disk.path, 'content');
  await record(goals.disk, ours);
  expect(await remove(carrier, goals.disk)).toMatchObject({ status: 'done' });
  expect(existsSync(onHost(goals.disk.path))).toBe(false);
  await record(goals.script, ours);
  const records = recordsOn(await shellRunner(folder, {}), host!, context);
  expect(await records.remove(ours.deployment, refOf(goals.script))).toMatchObject({ mark: ours });
  const log = await remembering(ours);
  const doers = [
    [createLinksCarrier(log.runner), goals['access.link']],
    [createLibvirtCarrier(log.runner), goals['libvirt.domain']],
    [createOvnCarrier(log.runner), goals['ovn.router']],
  ] as const;
  for (const [one, goal] of doers)
    expect(await remove(one as unknown as Carrier, goal)).toMatchObject({ status: 'done' });
  expect(await log.changes()).toEqual([
    expect.stringContaining('del-port br-int'),
    expect.stringContaining(`destroy ${goals['libvirt.domain'].name}; undefine`),
    // The database looks at the label once more.
    expect.stringMatching(/"op":"delete".*"external_ids","includes".*0123abcd/),
  ]);
});

/** A file without a record was made by nobody we know. */
test('a file that the manifest does not list stays', async () => {
  const carrier = createFilesCarrier(await shellRunner(folder, {}), secrets) as unknown as Carrier;
  await put(goals.disk.path, 'content');
  expect(await remove(carrier, goals.disk)).toMatchObject(refused);
  expect(existsSync(onHost(goals.disk.path))).toBe(true);
});

/** A host whose domain, link and rows bear a label, and which writes down what would change them. */
async function remembering(label: OwnerLabel): Promise<{ runner: ShellRunner; changes(): Promise<string[]> }> {
  const { name } = goals['libvirt.domain'];
  const pairs = labelToPairs(label, 'ovn.router:lab-r');
  const rows = JSON.stringify([{ rows: [{ external_ids: ['map', Object.entries(pairs)] }] }]);
  const change = 'echo "$*" >>"$HOST/changes"';
  const runner = await shellRunner(folder, {
    virsh: `case "$*" in
*destroy*|*undefine*|*shutdown*) ${change};;
*list*) echo ' 1 ${name} running';;
*metadata*) echo "domain ${name}<kc:mark installation='${label.installation}' deployment='${label.deployment}'/>";;
esac`,
    'ovs-vsctl': `case "$*" in
*del-port*|*add-port*) ${change};;
*'get Port'*) echo '"there"';;
*'get Interface'*) echo '${label.deployment}'; echo '"${label.installation}"';;
esac`,
    ip: 'case "$*" in *del*) echo "ip $*" >>"$HOST/changes";; *) exit 1;; esac',
    'ovsdb-client': `case "$*" in
*'"op":"delete"'*|*mutate*) ${change}; echo '[{"count":1}]';;
*transact*) echo '${rows}';;
*) echo '[]';;
esac`,
  });
  const changes = async (): Promise<string[]> =>
    (await readFile(join(folder, 'changes'), 'utf8').catch(() => '')).split('\n').filter(Boolean);
  return { runner, changes };
}
