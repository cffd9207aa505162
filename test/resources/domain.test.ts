import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readDomainXml } from '../../src/adapters/host/domain-xml.ts';

import { renderDomainMetadata } from '../../src/model/domain-metadata.ts';
import { type OwnerLabel, labelToPairs } from '../../src/model/owner-label.ts';
import type { Domain } from '../../src/model/resources.ts';
import type { DomainAnswer } from '../../src/model/transport/libvirt.ts';
import type { Observed } from '../../src/model/observed.ts';
import { libvirtDomain } from '../../src/resources/libvirt.domain/kind.ts';
import { h2Facts } from '../support/facts.ts';
import { goals } from '../support/goals.ts';

const goal = goals['libvirt.domain'];
const label: OwnerLabel = { installation: '0123abcd', deployment: 'lab', generation: 1, hash: 'cafe' };
const seenAs = (as: Partial<Domain>, drift?: string): Observed<Domain> => ({
  as: { ...goal, ...as },
  label,
  ...(drift === undefined ? {} : { drift }),
});
const xmlOf = (domain: Domain): string => {
  const op = libvirtDomain.render(domain, label, domain);
  return op.transport === 'libvirt' && op.do === 'ensure' ? op.xml : '';
};

describe("a domain's XML", () => {
  test('reads so', () => {
    expect(xmlOf(goal)).toMatchInlineSnapshot(`
      "<domain type='qemu'>
        <name>lab-web</name>
        <uuid>319b3323-e069-584b-aed5-0293805648ab</uuid>
        <metadata><kc:mark xmlns:kc='https://kvm-compose.example/xmlns/1' installation='0123abcd' deployment='lab' generation='1' hash='cafe' guest='web'/></metadata>
        <memory unit='MiB'>128</memory>
        <vcpu>1</vcpu>
        <os><type arch='x86_64' machine='pc'>hvm</type><boot dev='hd'/></os>
        <features><acpi/></features>
        <cpu mode='maximum'><feature policy='disable' name='la57'/><feature policy='disable' name='erms'/><feature policy='disable' name='fsrm'/></cpu>
        <clock offset='utc'/>
        <on_poweroff>destroy</on_poweroff>
        <on_reboot>restart</on_reboot>
        <on_crash>destroy</on_crash>
        <devices>
          <disk type='file' device='disk'><driver name='qemu' type='qcow2' discard='unmap'/><source file='/var/lib/kvm-compose/deployments/lab/disks/web.qcow2'/><target dev='vda' bus='virtio'/></disk>
          <disk type='file' device='disk'><driver name='qemu' type='raw'/><source file='/var/lib/kvm-compose/deployments/lab/seeds/web.iso'/><target dev='vdb' bus='virtio'/><readonly/></disk>
          <interface type='ethernet'><mac address='52:54:00:aa:bb:01'/><target dev='vm-1234567890'/><model type='virtio'/><mtu size='1400'/><rom enabled='no'/><driver name='qemu'><host csum='off' gso='off' tso4='off' tso6='off' ecn='off' ufo='off'/><guest csum='off' tso4='off' tso6='off' ecn='off' ufo='off'/></driver></interface>
          <controller type='usb' model='none'/>
          <rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>
          <serial type='pty'><log file='/var/lib/kvm-compose/deployments/lab/console/web.log' append='on'/><target port='0'/></serial>
          <console type='pty'><target type='serial' port='0'/></console>
          <channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>
        </devices>
      </domain>
      "
    `);
  });

  test('passes the processor through under KVM', () => {
    expect(xmlOf({ ...goal, accelerator: 'kvm' })).toContain("<cpu mode='host-passthrough'/>");
  });

  test('has an identity of its own in every installation, and the same one for ever', () => {
    const uuid = (text: string): string | undefined => /<uuid>(.*)<\/uuid>/.exec(text)?.[1];
    expect(uuid(xmlOf(goal))).toBe(uuid(xmlOf({ ...goal, memoryMiB: 512 })));
    const other = libvirtDomain.render(goal, { ...label, installation: 'ffffffff' }, goal);
    expect(other.transport === 'libvirt' && other.do === 'ensure' && uuid(other.xml)).not.toBe(uuid(xmlOf(goal)));
  });

  test('gives back the mark it carries, whatever the names', () => {
    const name = fc.string({ minLength: 1, unit: 'grapheme' }).filter((text) => !/[\p{Cc}\p{Cn}\p{Cs}]/u.test(text));
    fc.assert(
      fc.property(name, name, fc.nat(), (deployment, guest, generation) => {
        const metadata = { mark: { ...label, deployment, generation }, guest };
        expect(readDomainXml(`<domain>${renderDomainMetadata(metadata)}</domain>`).metadata).toEqual(metadata);
      }),
    );
  });

  test('of somebody else has no mark', () => {
    expect(
      readDomainXml("<domain><metadata><x:y xmlns:x='z' installation='0123abcd'/></metadata></domain>").metadata,
    ).toBe(undefined);
  });
});

describe('a domain seen', () => {
  const compare = (observed: Observed<Domain>) => libvirtDomain.compare(goal, observed);

  test('as wanted needs nothing', () => {
    expect(compare(seenAs({}))).toBeUndefined();
  });

  test.each<[string, Partial<Domain>, string]>([
    ['with other memory', { memoryMiB: 64 }, 'memoryMiB 64 → 128'],
    ['with other processors', { cpus: 4 }, 'cpus 4 → 1'],
    ['with other network cards', { interfaces: [] }, 'other network cards'],
  ])('%s is restarted', (_name, as, cause) => {
    expect(compare(seenAs(as))).toEqual({ action: 'update', cause, impact: { effect: 'restart', felt: ['web'] } });
  });

  test('shut off is started, and nobody feels it', () => {
    const change = compare(seenAs({ running: false }, 'shut off'));
    expect(change).toEqual({ action: 'update', cause: 'shut off', impact: { effect: 'none', felt: [] } });
  });

  test('paused is as wanted: its readiness resumes it', () => {
    const { kind: _kind, host: _host, running: _running, ...rest } = goal;
    const domain: DomainAnswer = { ...rest, mark: label, state: 'paused', boot: '1.1' };
    const scope = { deployment: 'lab', installation: label.installation, host: 'h2', main: 'main' };
    const answers = { host: 'h2', facts: h2Facts, libvirt: { domains: [domain], ports: [] } };
    const [observed] = libvirtDomain.parse(answers, scope);
    expect(observed).toMatchObject({ as: { running: false, paused: true } });
    expect(observed).not.toHaveProperty('drift');
    expect(compare(observed!)).toBeUndefined();
    const asked = { state: 'paused', by: 'ada', at: '2026-01-01T10:00:00.000Z' } as const;
    const [held] = libvirtDomain.parse({ ...answers, libvirt: { domains: [{ ...domain, asked }], ports: [] } }, scope);
    expect(compare(held!)).toMatchObject({ action: 'update', asked: true });
  });

  test.each<[string, Domain, 'paused' | undefined]>([
    ['new', goal, 'paused'],
    ['off', { ...goal, running: false }, 'paused'],
    ['restarted', { ...goal, boot: '1.1', memoryMiB: 64 }, 'paused'],
    ['paused', { ...goal, running: false, paused: true, boot: '1.1' }, 'paused'],
    ['running, where only its ports are bound again', { ...goal, boot: '1.1' }, undefined],
  ])('%s is left paused or not', (_name, was, leave) => {
    const op = libvirtDomain.render(goal, label, was);
    expect('leave' in op ? op.leave : undefined).toBe(leave);
  });

  test('that ran before runs again after the way back, without a chain that resumes it', () => {
    expect(libvirtDomain.render({ ...goal, boot: '1.1', memoryMiB: 64 }, label, goal)).not.toHaveProperty('leave');
  });

  test('with a tap on a wrong port is bound again while it runs', () => {
    const interfaces = goal.interfaces.map((each) => ({ ...each, port: '5b1f0a3c-0000' }));
    expect(compare(seenAs({ interfaces }))).toMatchObject({ action: 'update', impact: { effect: 'live' } });
    expect(libvirtDomain.render(goal, label, seenAs({ interfaces }).as)).toMatchObject({ restart: false });
  });

  test('with a card of the kind libvirt plugs itself is left as it runs', () => {
    expect(xmlOf(goal)).toContain("<interface type='ethernet'>");
    expect(compare(seenAs({}))).toBeUndefined();
  });

  test('that was shut off before is left shut off by the way back', () => {
    const observed = seenAs({ running: false }, 'shut off');
    const undo = libvirtDomain.undo(
      { action: 'update', cause: '', impact: { effect: 'none', felt: [] } },
      goal,
      observed,
    );
    expect(undo).toMatchObject({ to: 'goal', goal: { running: false } });
  });
});

describe('a domain that somebody undefined past us', () => {
  const externalIds = {
    ...labelToPairs(label, 'libvirt.domain:lab-web'),
    'iface-id': 'lab-lan-web-0',
    'attached-mac': '52:54:00:aa:bb:01',
  };
  const libvirt = { domains: [], ports: [{ tap: 'vm-1234567890', externalIds }] };
  const scope = { deployment: 'lab', installation: label.installation, host: 'h2', main: 'main' };
  const [remains] = libvirtDomain.parse({ host: 'h2', facts: h2Facts, libvirt }, scope);

  test('is seen by the ports it left', () => {
    expect(remains).toMatchObject({ as: { name: 'lab-web', host: 'h2', running: false }, label });
    expect(libvirtDomain.describe(remains!.as)).toBe('ports of domain lab-web on h2: lab-lan-web-0');
  });

  test('of one that runs, the port of a card it no longer has is seen too', () => {
    const { kind: _kind, host: _host, running: _running, ...rest } = goal;
    const domain: DomainAnswer = { ...rest, mark: label, state: 'running', boot: '1.1' };
    const ports = [...libvirt.ports, { tap: 'vm-2', externalIds }];
    const driftOf = (all: typeof ports) =>
      libvirtDomain.parse({ host: 'h2', facts: h2Facts, libvirt: { domains: [domain], ports: all } }, scope)[0]?.drift;
    expect(driftOf(libvirt.ports)).toBeUndefined();
    expect(driftOf(ports)).toBe('port vm-2 is left');
  });

  test('is made again where it is wanted', () => {
    expect(libvirtDomain.compare(goal, remains)).toMatchObject({ action: 'create', cause: 'missing' });
  });

  test('and removed where it is not, without a guess what file was its console log', () => {
    expect(libvirtDomain.compare(undefined, remains)).toMatchObject({ action: 'delete' });
    expect(libvirtDomain.render(undefined, label, remains!.as)).toMatchObject({ do: 'remove', consoleLog: '' });
  });
});
