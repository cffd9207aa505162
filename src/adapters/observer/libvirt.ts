import { parseDomainMetadata } from '../../model/domain-metadata.ts';
import { labelFromPairs } from '../../model/owner-label.ts';
import type { DomainAnswer, DomainPort, LibvirtAnswer } from '../../model/transport/libvirt.ts';
import type { OvsInterface } from '../host/ovs-interfaces.ts';
import type { OvsAnswer } from './ovs.ts';
import type { Sections } from './sections.ts';

/**
 * The domains under the deployment's names, or all: state and boot from the list, the rest from their XML. Their ports
 * by the mark on them.
 */
export function parseLibvirt(sections: Sections, ovs: OvsAnswer, deployment: string | undefined): LibvirtAnswer {
  const known = new Map(sections.lines('domains').map((line) => [line.split('|')[0]!, line.split('|')] as const));
  const domains = sections.text('xml').match(/^<domain [\s\S]*?^<\/domain>/gm) ?? [];
  return {
    domains: domains.flatMap((xml) => {
      const name = textOf(xml, 'name');
      const [, state = '', boot = ''] = known.get(name) ?? [];
      return known.has(name) ? [domainOf(xml, name, stateOf(state), boot, ovs)] : [];
    }),
    ports: portsOf(ovs, deployment),
  };
}

function portsOf({ interfaces }: OvsAnswer, deployment: string | undefined): DomainPort[] {
  return [...interfaces].flatMap(([tap, { externalIds }]) => {
    const found = labelFromPairs(externalIds);
    const isMeant =
      found?.resource.startsWith('libvirt.domain:') && [found.label.deployment, undefined].includes(deployment);
    return isMeant ? [{ tap, externalIds }] : [];
  });
}

function domainOf(xml: string, name: string, state: DomainAnswer['state'], boot: string, ovs: OvsAnswer): DomainAnswer {
  const metadata = parseDomainMetadata(xml);
  const isOn = state !== 'shut off' && state !== 'crashed';
  return {
    name,
    mark: metadata?.mark,
    ...(metadata?.guest === undefined ? {} : { guest: metadata.guest }),
    ...(metadata?.asked === undefined ? {} : { asked: metadata.asked }),
    ...(metadata?.edited === undefined ? {} : { edited: { sha256: metadata.edited, text: xml } }),
    state,
    cpus: Number(textOf(xml, 'vcpu')),
    memoryMiB: memoryOf(xml),
    accelerator: attributeOf(xml, 'domain', 'type') === 'kvm' ? 'kvm' : 'qemu',
    disks: elementsOf(xml, 'disk').map((disk) => ({
      // The first of each: those of backing files come later.
      path: attributeOf(disk, 'source', 'file'),
      format: attributeOf(disk, 'driver', 'type') === 'raw' ? 'raw' : 'qcow2',
      readonly: disk.includes('<readonly/>'),
    })),
    interfaces: elementsOf(xml, 'interface').map((each) => {
      const tap = attributeOf(each, 'target', 'dev');
      return {
        mac: attributeOf(each, 'mac', 'address'),
        tap,
        mtu: Number(attributeOf(each, 'mtu', 'size')),
        port: isOn ? boundTo(ovs.interfaces.get(tap)) : '',
      };
    }),
    consoleLog: attributeOf(elementsOf(xml, 'serial')[0] ?? '', 'log', 'file'),
    boot: state === 'running' || state === 'paused' ? boot : '',
  };
}

function boundTo(row: OvsInterface | undefined): string {
  return row && !row.isDead ? (row.externalIds['iface-id'] ?? '') : '';
}

function stateOf(text: string): DomainAnswer['state'] {
  switch (text) {
    case 'running':
    case 'idle':
      return 'running';
    case 'paused':
    case 'shut off':
    case 'crashed':
      return text;
    default:
      return 'other';
  }
}

function memoryOf(xml: string): number {
  const value = Number(textOf(xml, 'memory'));
  const perMiB = { KiB: 1024, MiB: 1, GiB: 1 / 1024 }[attributeOf(xml, 'memory', 'unit')] ?? 1024;
  return Math.round(value / perMiB);
}

/** libvirt prints XML in one way only, so reading the few values we need takes no parser. */
function elementsOf(xml: string, name: string): string[] {
  return xml.match(new RegExp(`<${name}[ >][\\s\\S]*?</${name}>`, 'g')) ?? [];
}

function attributeOf(xml: string, element: string, attribute: string): string {
  const tag = new RegExp(`<${element}\\s[^>]*>`).exec(xml)?.[0] ?? '';
  const found = new RegExp(`\\s${attribute}=(?:'([^']*)'|"([^"]*)")`).exec(tag);
  return unescape(found?.[1] ?? found?.[2] ?? '');
}

function textOf(xml: string, element: string): string {
  return unescape(new RegExp(`<${element}(?:\\s[^>]*)?>([^<]*)</${element}>`).exec(xml)?.[1] ?? '');
}

function unescape(text: string): string {
  const characters: Record<string, string> = { lt: '<', gt: '>', apos: "'", quot: '"', amp: '&' };
  return text.replace(/&(lt|gt|apos|quot|amp);/g, (_, name: string) => characters[name]!);
}
