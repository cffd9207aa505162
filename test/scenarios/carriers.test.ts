import { readDomainXml } from '../../src/adapters/host/domain-xml.ts';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';

import { createRunner } from '../../src/adapters/runner/create-runner.ts';
import { createSecrets } from '../../src/adapters/secrets/key-folder.ts';
import { createWorld } from '../../src/adapters/world.ts';
import { imagesFolder } from '../../src/model/host.ts';
import type { OwnerLabel } from '../../src/model/owner-label.ts';
import type { Outcome } from '../../src/model/outcome.ts';
import { refOf } from '../../src/model/ref.ts';
import type { Disk, Push, Resource, Seed } from '../../src/model/resources.ts';
import type { Observed } from '../../src/model/observed.ts';
import type { LibvirtOp } from '../../src/model/transport/libvirt.ts';
import type { Op } from '../../src/model/transport/op.ts';
import type { Carrier, CarrierItem, World } from '../../src/ports/carrier.ts';
import { kindOf, kinds } from '../../src/resources/registry.ts';
import { onHost, shellOnHost, tryOnHost } from '../support/playground.ts';
import { realContext, realHost } from '../support/real-hosts.ts';

const deployment = 'carry';
const folder = `/var/lib/kvm-compose/deployments/${deployment}`;
const label: OwnerLabel = { installation: '01234567', deployment, generation: 1, hash: 'x' };
const guests = ['a', 'b', 'c'];
const transports = ['ovn', 'files', 'links', 'libvirt'] as const;
type TransportUnderTest = (typeof transports)[number];

const runner = createRunner();
const secretsFolder = mkdtempSync(join(tmpdir(), 'carriers-'));
const secrets = createSecrets(secretsFolder);
let world: World;
let image: Push['image'];

beforeAll(() => {
  const source = inject('tinyImage');
  const sha256 = createHash('sha256').update(readFileSync(source)).digest('hex');
  image = { sha256, size: statSync(source).size, source };
  world = createWorld({ runner, secrets });
});
afterAll(async () => {
  await runner.close();
  rmSync(secretsFolder, { recursive: true });
});

function macOf(guest: string): string {
  return `52:54:00:00:bb:0${guests.indexOf(guest) + 1}`;
}

function pushGoal(): Push {
  return {
    kind: 'push',
    name: `${deployment}/${image.sha256.slice(0, 12)}@main`,
    host: 'main',
    path: `${imagesFolder}/${image.sha256}.qcow2`,
    image,
    format: 'qcow2',
  };
}

function diskGoal(guest: string): Disk {
  const base = { path: pushGoal().path, format: 'qcow2', sha256: image.sha256 } as const;
  return {
    kind: 'disk',
    name: `${deployment}-${guest}`,
    host: 'main',
    guest,
    path: `${folder}/disks/${guest}.qcow2`,
    how: 'overlay',
    base,
    expandGiB: guest === 'b' ? 1 : 0,
  };
}

function seedGoal(guest: string): Seed {
  const text = `#cloud-config\nkeys:\n  - {{public:${deployment}/ssh}}\n  private: |\n    {{secret:${deployment}/hostkey/${guest}}}\n`;
  const files = [
    { name: 'meta-data', text: `instance-id: ${guest}\n` },
    { name: 'user-data', text },
  ];
  return {
    kind: 'seed',
    name: `${deployment}-${guest}`,
    host: 'main',
    guest,
    path: `${folder}/seeds/${guest}.iso`,
    instanceId: guest,
    files,
  };
}

/** A laboratory of three guests on one host, by transport. */
function goalsOf(transport: TransportUnderTest): Resource[] {
  const link = `${deployment}-lan-access-main`;
  const mac = '0a:00:00:00:0b:01';
  const about = { host: 'main' } as const;
  switch (transport) {
    case 'ovn':
      return [
        { kind: 'ovn.switch', name: `${deployment}-lan`, ...about, subnet: '10.77.0.0/24' },
        { kind: 'access.port', name: link, ...about, switch: `${deployment}-lan`, mac, chassis: 'main' },
        ...guests.map(
          (guest) =>
            ({
              kind: 'ovn.switch-port',
              name: `${deployment}-lan-${guest}-0`,
              ...about,
              guest,
              switch: `${deployment}-lan`,
              type: 'guest',
              addresses: [macOf(guest)],
            }) as const,
        ),
      ];
    case 'files':
      return [
        { kind: 'folder', name: `${deployment}@main`, ...about, path: folder, mode: '0711' },
        pushGoal(),
        ...guests.flatMap((guest) => [diskGoal(guest), seedGoal(guest)]),
      ];
    case 'links':
      return [
        {
          kind: 'access.link',
          name: link,
          ...about,
          namespace: `kc-${deployment}`,
          port: link,
          outer: 'ka-carriers',
          inner: 'kb-carriers',
          mac,
          mtu: 1400,
        },
      ];
    case 'libvirt':
      return guests.map((guest) => ({
        kind: 'libvirt.domain',
        name: `${deployment}-${guest}`,
        ...about,
        guest,
        cpus: 1,
        memoryMiB: 128,
        accelerator: 'qemu',
        disks: [
          { path: diskGoal(guest).path, format: 'qcow2', readonly: false },
          { path: seedGoal(guest).path, format: 'raw', readonly: true },
        ],
        interfaces: [{ mac: macOf(guest), port: `${deployment}-lan-${guest}-0`, tap: `vm-carry-${guest}`, mtu: 1400 }],
        consoleLog: `${folder}/console/${guest}.log`,
        running: true,
      }));
  }
}

function needsOf(goal: Resource): readonly string[] {
  return kindOf(goal.kind)
    .needs(goal as never)
    .map(({ ref }) => ref);
}

/** As plans of the releases before have it: nobody but the batch itself resumes the domain. */
function resumed(op: Op): Op {
  if (op.transport !== 'libvirt' || op.do !== 'ensure') return op;
  const { leave: _leave, ...rest } = op;
  return rest;
}

function itemsOf(goals: readonly Resource[], how: 'make' | 'remove'): CarrierItem[] {
  const ids = new Set(goals.map(refOf));
  const make = goals.map((goal) => ({
    id: refOf(goal),
    op: resumed(kindOf(goal.kind).render((how === 'make' ? goal : undefined) as never, label, goal as never)),
    needs:
      how === 'make'
        ? needsOf(goal).filter((ref) => ids.has(ref as never))
        : goals.filter((other) => needsOf(other).includes(refOf(goal))).map(refOf),
  }));
  return how === 'make' ? make : make.reverse();
}

async function apply(transport: TransportUnderTest, items: readonly CarrierItem[]): Promise<readonly Outcome[]> {
  const carrier = world.carriers[transport] as unknown as Carrier;
  return carrier.apply(realHost('main'), items, realContext(`test/${transport}`, deployment).context);
}

async function statuses(transport: TransportUnderTest, how: 'make' | 'remove'): Promise<string[]> {
  const outcomes = await apply(transport, itemsOf(goalsOf(transport), how));
  expect(outcomes).toHaveLength(goalsOf(transport).length);
  return outcomes.map((outcome) => (outcome.status === 'failed' ? outcome.failure.message : outcome.status));
}

/** What every kind would still change, by the host's own account. */
async function differences(): Promise<string[]> {
  const observed = await seenNow();
  return transports.flatMap(goalsOf).flatMap((goal) => {
    const found = observed.find(({ as }) => refOf(as) === refOf(goal));
    const change = kindOf(goal.kind).compare(goal, found);
    return change ? [`${refOf(goal)}: ${change.cause}`] : [];
  });
}

async function seenNow(): Promise<Observed[]> {
  const scope = { deployment, installation: label.installation, host: 'main', main: 'main' };
  const answers = await world.observer.observe(realHost('main'), ['ovn', 'files', 'links', 'libvirt'], scope);
  return [...kinds.values()].flatMap((kind) => kind.parse(answers, scope) as readonly Observed[]);
}

const notBound = (guest: string): string =>
  `libvirt.domain:${deployment}-${guest}: vm-carry-${guest} is not bound to ${deployment}-lan-${guest}-0`;

/** Waits until a guest answers over the network. */
async function knockAt(guest: string): Promise<void> {
  const address = `fe80::5054:ff:fe00:bb0${guests.indexOf(guest) + 1}%kb-carriers`;
  const knock = `timeout 3 ip netns exec kc-${deployment} socat -T2 - 'TCP6:[${address}]:22' </dev/null | head -c 4`;
  await expect
    .poll(async () => (await tryOnHost('main', ['sh', '-c', knock])).stdout, { timeout: 90_000, interval: 500 })
    .toBe('SSH-');
}

function all(status: string): unknown {
  return expect.not.arrayContaining([expect.not.stringMatching(`^${status}$`)]);
}

describe('the real world', () => {
  test.each(transports)('makes things once: %s', async (transport) => {
    expect(await statuses(transport, 'make')).toEqual(all('done'));
    expect(await statuses(transport, 'make')).toEqual(all('already'));
  });

  test('shows what was made as it was wanted', async () => {
    expect(await differences()).toEqual([]);
  });

  test('runs every guest on its own logical port', async () => {
    const names = await onHost('main', 'virsh', '-q', 'list', '--name', '--state-running');
    expect(
      names
        .split('\n')
        .filter((name) => name.startsWith(`${deployment}-`))
        .sort(),
    ).toEqual(guests.map((guest) => `${deployment}-${guest}`));
    const bound = await onHost(
      'main',
      'ovn-sbctl',
      '--bare',
      '--columns=up',
      'find',
      'port_binding',
      `logical_port=${deployment}-lan-a-0`,
    );
    expect(bound.trim()).toBe('true');
  });

  test('reaches a guest from the namespace, before it has any address', () => knockAt('a'));

  test('gives a seed its secrets, indented as YAML wants them', async () => {
    const seed = await onHost('main', 'isoinfo', '-R', '-i', seedGoal('a').path, '-x', '/user-data');
    const key = (await secrets.privateKey(`${deployment}/hostkey/a`)).trimEnd().split('\n');
    expect(seed).toContain(`private: |\n${key.map((line) => `    ${line}`).join('\n')}`);
    expect(seed).toContain(`  - ${(await secrets.publicKey(`${deployment}/ssh`)).trim()}\n`);
    expect(await shellOnHost('main', `grep -rl 'PRIVATE KEY' ${folder}/manifest || true`)).toBe('');
  });

  test('grows a disk by what was asked for', async () => {
    const sizes = await Promise.all(
      ['a', 'b'].map(async (guest) => {
        const info = await onHost('main', 'qemu-img', 'info', '-U', '--output=json', diskGoal(guest).path);
        return (JSON.parse(info) as { 'virtual-size': number })['virtual-size'];
      }),
    );
    expect(sizes[1]! - sizes[0]!).toBe(1024 ** 3);
  });

  test('plugs a guest in again that somebody restarted past us, without touching the others', async () => {
    await shellOnHost('main', `virsh -q "destroy ${deployment}-b; start ${deployment}-b" >/dev/null`);
    expect(await differences()).toEqual([notBound('b')]);
    expect(await statuses('libvirt', 'make')).toEqual(expect.arrayContaining(['done', 'already', 'already']));
    expect(await differences()).toEqual([]);
    await knockAt('b');
  });

  test('plugs a guest in again that somebody unplugged, while it runs', async () => {
    const process = () => onHost('main', 'cat', `/run/libvirt/qemu/${deployment}-b.pid`);
    const before = await process();
    await onHost('main', 'ovs-vsctl', 'del-port', 'vm-carry-b');
    expect(await differences()).toEqual([notBound('b')]);
    expect(await statuses('libvirt', 'make')).toEqual(expect.arrayContaining(['done', 'already', 'already']));
    expect(await differences()).toEqual([]);
    expect(await process()).toBe(before);
    await knockAt('b');
  });

  test('pauses a guest a person asked to pause and lets it go on, and libvirt keeps who asked', async () => {
    const name = `${deployment}-b`;
    const [item] = itemsOf(
      goalsOf('libvirt').filter((goal) => goal.name === name),
      'make',
    );
    const { mark } = item!.op as Extract<LibvirtOp, { do: 'ensure' }>;
    const asked = { state: 'paused', by: "ann'o", at: '2026-11-28T14:31:00.000Z' } as const;
    const hold = (what: 'pause' | 'resume', metadata: Extract<LibvirtOp, { do: 'pause' | 'resume' }>['metadata']) =>
      apply('libvirt', [{ ...item!, op: { transport: 'libvirt', do: what, name, deployment, metadata } }]);
    const text = () => onHost('main', 'virsh', '-q', 'dumpxml', name);
    expect(await hold('pause', { mark, guest: 'b', asked })).toMatchObject([{ status: 'done' }]);
    expect(await onHost('main', 'virsh', '-q', 'domstate', name)).toContain('paused');
    expect(readDomainXml(await text()).metadata).toEqual({ mark, guest: 'b', asked });
    expect(await hold('pause', { mark, guest: 'b', asked })).toMatchObject([{ status: 'already' }]);
    expect(await hold('resume', { mark, guest: 'b' })).toMatchObject([{ status: 'done' }]);
    expect(await onHost('main', 'virsh', '-q', 'domstate', name)).toContain('running');
    expect(readDomainXml(await text()).metadata).toEqual({ mark, guest: 'b' });
  });

  test('leaves a guest paused and plugged whose own chain resumes it, and one that runs as it is', async () => {
    const [item] = itemsOf(
      goalsOf('libvirt').filter(({ name }) => name === `${deployment}-c`),
      'make',
    );
    const op = { ...(item!.op as Extract<LibvirtOp, { do: 'ensure' }>), leave: 'paused' } as const;
    const state = () => onHost('main', 'virsh', '-q', 'domstate', `${deployment}-c`);
    expect(await apply('libvirt', [{ ...item!, op }])).toMatchObject([{ status: 'already' }]);
    expect(await state()).toContain('running');
    await onHost('main', 'virsh', '-q', 'destroy', `${deployment}-c`);
    expect(await apply('libvirt', [{ ...item!, op }])).toMatchObject([{ status: 'done' }]);
    expect(await state()).toContain('paused');
    expect(await apply('libvirt', [{ ...item!, op }])).toMatchObject([{ status: 'already' }]);
    expect(await differences()).toEqual([]);
    expect(await apply('libvirt', [item!])).toMatchObject([{ status: 'done' }]);
    expect(await state()).toContain('running');
  });

  test('leaves a guest paused whose card is not where it should be, and says so', async () => {
    const [item] = itemsOf(
      goalsOf('libvirt').filter(({ name }) => name === `${deployment}-c`),
      'make',
    );
    const op = item!.op as Extract<LibvirtOp, { do: 'ensure' }>;
    const edited = { ...op, restart: true, xml: op.xml.replace('vm-carry-c', 'vm-other-c') };
    const [outcome] = await apply('libvirt', [{ ...item!, op: edited }]);
    expect(outcome).toMatchObject({ failure: { code: 'ovs-refused', message: expect.stringContaining('vm-carry-c') } });
    expect(await onHost('main', 'virsh', '-q', 'domstate', `${deployment}-c`)).toContain('paused');
    const [again] = await apply('libvirt', [{ ...item!, op: { ...op, restart: true } }]);
    expect(again).toMatchObject({ status: 'done' });
    expect(await differences()).toEqual([]);
  });

  test('makes a link whole again', async () => {
    await onHost('main', 'ip', 'link', 'del', 'ka-carriers');
    expect(await differences()).toEqual([expect.stringContaining('access.link')]);
    expect(await statuses('links', 'make')).toEqual(['done']);
    expect(await differences()).toEqual([]);
  });

  test('takes a bad row out of twenty-five and writes the rest', async () => {
    const ports = Array.from(
      { length: 25 },
      (_, index) =>
        ({
          kind: 'ovn.acl',
          name: `${deployment}-acl-${index}`,
          host: 'main',
          switch: `${deployment}-lan`,
          direction: 'to-lport',
          priority: index === 17 ? 40_000 : 100 + index,
          match: 'ip4',
          action: 'allow',
        }) as const,
    );
    const outcomes = await apply('ovn', itemsOf(ports, 'make'));
    expect(outcomes.filter(({ status }) => status === 'done')).toHaveLength(24);
    expect(outcomes.filter(({ status }) => status === 'failed')).toEqual([
      expect.objectContaining({ id: `ovn.acl:${deployment}-acl-17` }),
    ]);
    expect((await onHost('main', 'ovn-nbctl', 'acl-list', `${deployment}-lan`)).trim().split('\n')).toHaveLength(24);
    await apply('ovn', itemsOf(ports, 'remove'));
    expect((await onHost('main', 'ovn-nbctl', 'acl-list', `${deployment}-lan`)).trim()).toBe('');
  });

  test('does not touch a domain that bears our name and not our mark', async () => {
    const stranger = `<domain type='qemu'><name>${deployment}-stranger</name><memory>65536</memory><os><type>hvm</type></os></domain>`;
    await shellOnHost('main', `echo "${stranger}" >/run/stranger.xml; virsh -q define /run/stranger.xml >/dev/null`);
    const op = {
      transport: 'libvirt',
      do: 'remove',
      name: `${deployment}-stranger`,
      deployment,
      consoleLog: `${folder}/console/s.log`,
      taps: [],
    } as const;
    const [outcome] = await apply('libvirt', [{ id: 's', op, needs: [] }]);
    expect(outcome).toMatchObject({ status: 'failed', failure: { code: 'name-taken' } });
    expect(await onHost('main', 'virsh', '-q', 'domstate', `${deployment}-stranger`)).toContain('shut off');
    await onHost('main', 'virsh', '-q', 'undefine', `${deployment}-stranger`);
  });

  test('sees what is left of a domain that somebody undefined', async () => {
    await shellOnHost('main', `virsh -q "destroy ${deployment}-b; undefine ${deployment}-b" >/dev/null`);
    await onHost('main', 'virsh', '-q', 'destroy', `${deployment}-c`);
    const byHand = `add-port br-int vm-carry-a -- set Interface vm-carry-a external_ids:iface-id=${deployment}-lan-a-0`;
    await shellOnHost('main', `ovs-vsctl del-port vm-carry-a; ovs-vsctl ${byHand}`);
    expect(await differences()).toEqual([
      `libvirt.domain:${deployment}-b: missing`,
      `libvirt.domain:${deployment}-c: shut off`,
    ]);
    expect(
      (await seenNow()).find(({ as }) => as.name === `${deployment}-b` && as.kind === 'libvirt.domain'),
    ).toMatchObject({
      as: { interfaces: [{ tap: 'vm-carry-b', port: `${deployment}-lan-b-0`, mac: macOf('b') }] },
      drift: 'gone, its ports are left',
    });
  });

  test.each([...transports].reverse())('removes things once: %s', async (transport) => {
    expect(await statuses(transport, 'remove')).toEqual(all('done'));
    expect(await statuses(transport, 'remove')).toEqual(all('already'));
  });

  test('leaves nothing of a deployment behind', async () => {
    const left = `
      virsh -q list --all --name | grep ${deployment} || true
      ovs-vsctl --bare --columns=name find Interface | grep -E 'carry|carriers' || true
      ls -d /run/netns/kc-${deployment} ${folder} 2>/dev/null || true
      ovn-nbctl show | grep ${deployment} || true
      ip -o link | grep -E 'vm-carry|ka-carriers' || true
      ls -A /run/kvm-compose | grep -v exec || true`;
    expect(await shellOnHost('main', left)).toBe('');
  });

  test('sends the rest of an image that came half, and believes only its hash', async () => {
    const image = pushGoal().path;
    const goals = goalsOf('files').filter(({ kind }) => kind === 'folder' || kind === 'push');
    const half = Math.floor(pushGoal().image.size / 2);
    await shellOnHost('main', `head -c ${half} /dev/zero >${image}.part`);
    const { context, events } = realContext('test/push', deployment);
    const [, refused] = await world.carriers.files.apply(realHost('main'), itemsOf(goals, 'make') as never, context);
    expect(refused).toMatchObject({ status: 'failed', failure: { code: 'image-unreadable' } });
    expect((await tryOnHost('main', ['ls', image, `${image}.part`])).stdout).toBe('');
    await tryOnHost('main', ['tee', `${image}.part`], { input: readFileSync(inject('tinyImage')).subarray(0, half) });
    events.length = 0;
    const outcomes = await world.carriers.files.apply(realHost('main'), itemsOf(goals, 'make') as never, context);
    expect(outcomes.map(({ status }) => status)).toEqual(['already', 'done']);
    expect(events[0]!.data).toMatchObject({ sent: expect.toSatisfy((sent: number) => sent > half) as unknown });
    expect((await onHost('main', 'sha256sum', image)).split(' ')[0]).toBe(pushGoal().image.sha256);
    await world.carriers.files.apply(realHost('main'), itemsOf(goals, 'remove') as never, context);
    expect((await tryOnHost('main', ['ls', image])).stdout).toBe('');
  });
});
