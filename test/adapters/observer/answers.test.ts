import { readFileSync } from 'node:fs';

import { describe, expect, test } from 'vitest';

import { parseFacts } from '../../../src/adapters/observer/facts.ts';
import { parseFiles } from '../../../src/adapters/carriers/files/answer.ts';
import { parseLibvirt } from '../../../src/adapters/carriers/libvirt/answer.ts';
import { parseLinks } from '../../../src/adapters/carriers/links/answer.ts';
import { ovnQuery, parseOvn } from '../../../src/adapters/carriers/ovn/answer.ts';
import type { Heard } from '../../../src/adapters/observer/query.ts';
import { parseOvs } from '../../../src/adapters/observer/ovs.ts';
import { parseInterfaces } from '../../../src/adapters/host/ovs-interfaces.ts';
import { parseSections } from '../../../src/adapters/observer/sections.ts';
import type { Host } from '../../../src/model/host.ts';
import { labelToPairs } from '../../../src/model/owner-label.ts';

/** What a real host answered: one switch, two guests, an access link. */
const recorded = readFileSync(new URL('../../fixtures/observer/two-guests.txt', import.meta.url), 'utf8');
const sections = parseSections(recorded, 'TOKEN');
const ovs = parseOvs(sections);
const heard: Heard = { sections, ovs, deployment: 'lab' };
const host: Host = {
  name: 'main',
  connection: 'local',
  address: '127.0.0.1',
  port: 22,
  user: 'root',
  accelerator: 'auto',
};

describe('the answers of a real host', () => {
  test('are whole', () => {
    expect(sections.whole).toBe(true);
    expect(sections.failed).toEqual([]);
  });

  test('tell what it is', () => {
    const facts = parseFacts(host, sections, ovs);
    expect(facts).toMatchObject({ cores: 2, memoryMiB: 24105, chassis: 'main', missingTools: [], accelerator: 'qemu' });
  });

  test('tell its domains, bound as OVS has them and not as libvirt wrote', () => {
    const { domains } = parseLibvirt(heard);
    expect(domains.map(({ name }) => name)).toEqual(['lab-g0', 'lab-g1']);
    expect(domains[0]).toEqual({
      name: 'lab-g0',
      mark: { installation: 'abcd1234', deployment: 'lab', generation: 1, hash: 'h' },
      guest: 'g0',
      state: 'running',
      cpus: 1,
      memoryMiB: 128,
      accelerator: 'qemu',
      disks: [
        { path: '/var/lib/kvm-compose/deployments/lab/disks/g0.qcow2', format: 'qcow2', readonly: false },
        { path: '/var/lib/kvm-compose/deployments/lab/seeds/g0.iso', format: 'raw', readonly: true },
      ],
      interfaces: [{ mac: '52:54:00:00:01:10', tap: 'vm-f21b0ef89d', mtu: 1400, port: 'lab-sw0-g0main-0' }],
      consoleLog: '/var/lib/kvm-compose/deployments/lab/console/g0.log',
      boot: '613.472505',
    });
  });

  test('tell ports that outlived their domain, by the mark on them', () => {
    const label = { installation: 'abcd1234', deployment: 'lab', generation: 1, hash: 'h' };
    const externalIds = { ...labelToPairs(label, 'libvirt.domain:lab-g2'), 'iface-id': 'lab-sw0-g2-0' };
    const link = labelToPairs(label, 'access.link:lab-sw0-access-main');
    const rows = Object.entries({ 'vm-2': externalIds, 'vm-3': { 'iface-id': 'x' }, 'ka-1': link });
    const interfaces = new Map(rows.map(([tap, each]) => [tap, { externalIds: each, isDead: false }]));
    const portsFor = (deployment?: string) => parseLibvirt({ ...heard, ovs: { ...ovs, interfaces }, deployment }).ports;
    expect(portsFor('lab')).toEqual([{ tap: 'vm-2', externalIds }]);
    expect(portsFor()).toHaveLength(1);
    expect(portsFor('other')).toEqual([]);
    expect(parseLinks({ ...heard, ovs: { ...ovs, interfaces } }).links.map(({ outer }) => outer)).toEqual(['ka-1']);
  });

  test('bind nothing by a port that was added for an earlier tap of the name', () => {
    const portFor = (addedFor: string, ifindex: unknown): string | undefined => {
      const pairs = [
        ['iface-id', 'lab-sw0-g0main-0'],
        ['kvm-compose-ifindex', addedFor],
      ];
      const row = { name: 'vm-f21b0ef89d', ifindex, external_ids: ['map', pairs] };
      const interfaces = parseInterfaces({ rows: [row] });
      return parseLibvirt({ ...heard, ovs: { ...ovs, interfaces } }).domains[0]?.interfaces[0]?.port;
    };
    expect(portFor('7', 7)).toBe('lab-sw0-g0main-0');
    expect(portFor('7', 9)).toBe('');
    expect(portFor('7', 0)).toBe('');
    // A switch that has not looked yet says nothing.
    expect(portFor('7', ['set', []])).toBe('lab-sw0-g0main-0');
  });

  test('bind nothing by a port whose domain is off', () => {
    const off = parseSections(recorded.replace('lab-g0|running', 'lab-g0|shut off'), 'TOKEN');
    expect(parseLibvirt({ ...heard, sections: off }).domains[0]).toMatchObject({
      state: 'shut off',
      interfaces: [{ port: '' }],
    });
  });

  test('tell rows with the rows that refer to them', () => {
    const { rows } = parseOvn(heard);
    const lan = rows.find(({ table }) => table === 'Logical_Switch')!;
    const ports = rows.filter(({ table }) => table === 'Logical_Switch_Port');
    expect(ports.map(({ columns }) => columns['name'] as string).sort()).toEqual([
      'lab-sw0-access-main',
      'lab-sw0-g0main-0',
      'lab-sw0-g1main-0',
    ]);
    for (const { parent } of ports)
      expect(parent).toEqual({ table: 'Logical_Switch', uuid: lan.uuid, column: 'ports' });
  });

  test('tell links with their ends in the namespace', () => {
    const { links, namespaces } = parseLinks(heard);
    expect(namespaces).toEqual(['kc-lab']);
    expect(links.map(({ outer, peer }) => ({ outer, peer }))).toEqual([
      {
        outer: 'ka-21bfd3eed0',
        peer: { namespace: 'kc-lab', name: 'kb-21bfd3eed0', mac: '0a:00:00:00:01:01', mtu: 1400, up: true },
      },
    ]);
  });

  test('tell what the manifest lists and what is there', () => {
    const { records, files } = parseFiles(heard);
    expect(records.map(({ ref }) => ref.split(':')[0]!).sort()).toEqual([
      'disk',
      'disk',
      'folder',
      'push',
      'seed',
      'seed',
    ]);
    expect(files['/var/lib/kvm-compose/deployments/lab']).toBe(0);
    expect(files['/var/lib/kvm-compose/deployments/lab/disks/g0.qcow2']).toBeGreaterThan(0);
  });
});

describe('answers that are not what one hopes for', () => {
  test('stop in the middle', () => {
    const cut = recorded.slice(0, recorded.lastIndexOf('##TOKEN end'));
    expect(parseSections(cut, 'TOKEN').whole).toBe(false);
  });

  test('say which part failed', () => {
    expect(parseSections('##T domains\n##T failed libvirt\n##T xml\n##T end\n', 'T').failed).toEqual(['libvirt']);
  });

  test('hold a marker of another token as text', () => {
    expect(parseSections('##T xml\n##U end\n##T end\n', 'T').text('xml')).toBe('##U end');
  });

  test('come from a host without anything on it', () => {
    const empty = parseSections('##T facts\n##T ovs\n##T end\n', 'T');
    const none: Heard = { sections: empty, ovs: parseOvs(empty), deployment: 'lab' };
    expect(parseLibvirt(none)).toEqual({ domains: [], ports: [] });
    expect(parseLinks(none)).toEqual({ links: [], namespaces: [] });
    expect(parseFiles(none)).toEqual({ records: [], files: {} });
    expect(parseOvn(none)).toEqual({ rows: [] });
  });

  test('hold a record nobody can read, which is then no record', () => {
    const broken = parseSections('##T records\n{"ref":\n{"ref":"disk:a"}\n##T end\n', 'T');
    expect(parseFiles({ sections: broken }).records).toHaveLength(1);
  });
});

describe('an accelerator', () => {
  const facts = (lines: string, accelerator: Host['accelerator'] = 'auto') =>
    parseFacts({ ...host, accelerator }, parseSections(`##T facts\n${lines}\n##T end\n`, 'T'), ovs).accelerator;

  test.each([
    ['not there', 'boot b\nkvm no', 'qemu'],
    ['tried since the host booted', 'boot b\nkvm maybe\nprobed b kvm', 'kvm'],
    ['tried before the host booted', 'boot b\nkvm maybe\nprobed a kvm', undefined],
    ['never tried', 'boot b\nkvm maybe', undefined],
  ])('is what booting something showed: %s', (_, lines, expected) => {
    expect(facts(lines)).toBe(expected);
  });

  test('is what the hosts file says, if it says so', () => {
    expect(facts('boot b\nkvm no', 'kvm')).toBe('kvm');
  });
});

test('somebody else’s switch under a name of ours is seen, without a mark', () => {
  const uuid = ['uuid', '11111111-1111-4111-8111-111111111111'];
  const others = [
    { _uuid: uuid, name: 'lab-sw0', external_ids: ['map', []] },
    { _uuid: uuid, name: 'other', external_ids: ['map', []] },
  ];
  const { length } = (JSON.parse(ovnQuery('lab')) as unknown[]).slice(1);
  const answer = Array.from({ length }, (_, index) => ({ rows: index === length - 4 ? others : [] }));
  const said = parseSections(`##T ovn\n${JSON.stringify(answer)}\n##T end\n`, 'T');
  expect(parseOvn({ sections: said, deployment: 'lab' }).rows.map(({ columns }) => columns['name'])).toEqual([
    'lab-sw0',
  ]);
});

test('answers about all deployments are of what carries a mark, and of nothing else', () => {
  const { rows } = parseOvn({ ...heard, deployment: undefined });
  expect(rows.length).toBeGreaterThan(0);
  for (const { columns } of rows) expect(columns['external_ids']).toHaveProperty('kvm-compose-deployment');
  expect(parseLinks({ ...heard, deployment: undefined }).links).toEqual(parseLinks(heard).links);
  expect(ovnQuery(undefined)).not.toContain('includes');
});
