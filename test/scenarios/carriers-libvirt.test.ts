import { expect, test } from 'vitest';

import { readDomainXml } from '../../src/adapters/host/domain-xml.ts';
import type { Resource } from '../../src/model/resources.ts';
import type { LibvirtOp } from '../../src/model/transport/libvirt.ts';
import { carrierFolder, type CarrierGuest, carrierGuests, carrierLabel, macOf } from '../support/carrier-laboratory.ts';
import { onHost, shellOnHost } from '../support/playground.ts';
import { every, itemOf, knockAt, leftOnMain, standingCarriers } from './support/real-carriers.ts';

const { deployment } = carrierLabel;
const stood = ['ovn', 'files', 'links', 'libvirt'] as const;
const carriers = standingCarriers(...stood);

function domainOf(guest: CarrierGuest): Resource {
  return carriers.laboratory.libvirt.goals.find(({ name }) => name === `${deployment}-${guest}`)!;
}

const notBound = (guest: string): string =>
  `libvirt.domain:${deployment}-${guest}: vm-carry-${guest} is not bound to ${deployment}-lan-${guest}-0`;

test('runs every guest on its own logical port', async () => {
  const names = await onHost('main', 'virsh', '-q', 'list', '--name', '--state-running');
  expect(
    names
      .split('\n')
      .filter((name) => name.startsWith(`${deployment}-`))
      .sort(),
  ).toEqual(carrierGuests.map((guest) => `${deployment}-${guest}`));
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

test('plugs a guest in again that somebody restarted past us, without touching the others', async () => {
  await shellOnHost('main', `virsh -q "destroy ${deployment}-b; start ${deployment}-b" >/dev/null`);
  expect(await carriers.wrong(...stood)).toEqual([notBound('b')]);
  expect(await carriers.ends('libvirt', 'make')).toEqual(expect.arrayContaining(['done', 'already', 'already']));
  expect(await carriers.wrong(...stood)).toEqual([]);
  await knockAt('b');
});

test('plugs a guest in again that somebody unplugged, while it runs', async () => {
  const process = () => onHost('main', 'cat', `/run/libvirt/qemu/${deployment}-b.pid`);
  const before = await process();
  await onHost('main', 'ovs-vsctl', 'del-port', 'vm-carry-b');
  expect(await carriers.wrong(...stood)).toEqual([notBound('b')]);
  expect(await carriers.ends('libvirt', 'make')).toEqual(expect.arrayContaining(['done', 'already', 'already']));
  expect(await carriers.wrong(...stood)).toEqual([]);
  expect(await process()).toBe(before);
  await knockAt('b');
});

test('pauses a guest a person asked to pause and lets it go on, and libvirt keeps who asked', async () => {
  const name = `${deployment}-b`;
  const item = itemOf(domainOf('b'));
  const { mark } = item.op as Extract<LibvirtOp, { do: 'ensure' }>;
  const asked = { state: 'paused', by: "ann'o", at: '2026-11-28T14:31:00.000Z' } as const;
  const hold = (what: 'pause' | 'resume', metadata: Extract<LibvirtOp, { do: 'pause' | 'resume' }>['metadata']) =>
    carriers.apply('libvirt', [{ ...item, op: { transport: 'libvirt', do: what, name, deployment, metadata } }]);
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
  const item = itemOf(domainOf('c'));
  const op = { ...(item.op as Extract<LibvirtOp, { do: 'ensure' }>), leave: 'paused' } as const;
  const state = () => onHost('main', 'virsh', '-q', 'domstate', `${deployment}-c`);
  expect(await carriers.apply('libvirt', [{ ...item, op }])).toMatchObject([{ status: 'already' }]);
  expect(await state()).toContain('running');
  await onHost('main', 'virsh', '-q', 'destroy', `${deployment}-c`);
  expect(await carriers.apply('libvirt', [{ ...item, op }])).toMatchObject([{ status: 'done' }]);
  expect(await state()).toContain('paused');
  expect(await carriers.apply('libvirt', [{ ...item, op }])).toMatchObject([{ status: 'already' }]);
  expect(await carriers.wrong(...stood)).toEqual([]);
  expect(await carriers.apply('libvirt', [item])).toMatchObject([{ status: 'done' }]);
  expect(await state()).toContain('running');
});

test('leaves a guest paused whose card is not where it should be, and says so', async () => {
  const item = itemOf(domainOf('c'));
  const op = item.op as Extract<LibvirtOp, { do: 'ensure' }>;
  const edited = { ...op, restart: true, xml: op.xml.replace('vm-carry-c', 'vm-other-c') };
  const [outcome] = await carriers.apply('libvirt', [{ ...item, op: edited }]);
  expect(outcome).toMatchObject({ failure: { code: 'ovs-refused', message: expect.stringContaining('vm-carry-c') } });
  expect(await onHost('main', 'virsh', '-q', 'domstate', `${deployment}-c`)).toContain('paused');
  const [again] = await carriers.apply('libvirt', [{ ...item, op: { ...op, restart: true } }]);
  expect(again).toMatchObject({ status: 'done' });
  expect(await carriers.wrong(...stood)).toEqual([]);
});

test('does not touch a domain that bears our name and not our mark', async () => {
  const stranger = `<domain type='qemu'><name>${deployment}-stranger</name><memory>65536</memory><os><type>hvm</type></os></domain>`;
  await shellOnHost('main', `echo "${stranger}" >/run/stranger.xml; virsh -q define /run/stranger.xml >/dev/null`);
  const op = {
    transport: 'libvirt',
    do: 'remove',
    name: `${deployment}-stranger`,
    deployment,
    consoleLog: `${carrierFolder}/console/s.log`,
    taps: [],
  } as const;
  const [outcome] = await carriers.apply('libvirt', [{ id: 's', op, needs: [] }]);
  expect(outcome).toMatchObject({ status: 'failed', failure: { code: 'name-taken' } });
  expect(await onHost('main', 'virsh', '-q', 'domstate', `${deployment}-stranger`)).toContain('shut off');
  await onHost('main', 'virsh', '-q', 'undefine', `${deployment}-stranger`);
});

test('sees what is left of a domain that somebody undefined', async () => {
  await shellOnHost('main', `virsh -q "destroy ${deployment}-b; undefine ${deployment}-b" >/dev/null`);
  await onHost('main', 'virsh', '-q', 'destroy', `${deployment}-c`);
  const byHand = `add-port br-int vm-carry-a -- set Interface vm-carry-a external_ids:iface-id=${deployment}-lan-a-0`;
  await shellOnHost('main', `ovs-vsctl del-port vm-carry-a; ovs-vsctl ${byHand}`);
  expect(await carriers.wrong(...stood)).toEqual([
    `libvirt.domain:${deployment}-b: missing`,
    `libvirt.domain:${deployment}-c: shut off`,
  ]);
  expect(
    (await carriers.seen()).find(({ as }) => as.name === `${deployment}-b` && as.kind === 'libvirt.domain'),
  ).toMatchObject({
    as: { interfaces: [{ tap: 'vm-carry-b', port: `${deployment}-lan-b-0`, mac: macOf('b') }] },
    drift: 'gone, its ports are left',
  });
});

test('is removed once whatever was done to it by hand, and nothing of the deployment is left', async () => {
  expect(await carriers.ends('libvirt', 'remove')).toEqual(every('done'));
  expect(await carriers.ends('libvirt', 'remove')).toEqual(every('already'));
  await carriers.leave(...stood);
  expect(await leftOnMain()).toBe('');
});
