import { labelFromPairs } from '../../../model/owner-label.ts';
import type { DomainAnswer, DomainPort, LibvirtAnswer } from '../../../model/transport/libvirt.ts';
import { type DomainXml, readDomainXml } from '../../host/domain-xml.ts';
import type { OvsInterface } from '../../host/ovs-interfaces.ts';
import type { OvsAnswer } from '../../observer/ovs.ts';
import type { Heard } from '../../observer/query.ts';

/**
 * The domains under the deployment's names, or all: state and boot from the list, the rest from their XML. Their ports
 * by the mark on them.
 */
export function parseLibvirt({ sections, ovs, deployment }: Heard): LibvirtAnswer {
  const known = new Map(sections.lines('domains').map((line) => [line.split('|')[0]!, line.split('|')] as const));
  // virsh prints one after the other; what is between them is of no kind of XML.
  const domains = sections.text('xml').match(/^<domain [\s\S]*?^<\/domain>/gm) ?? [];
  return {
    domains: domains.flatMap((xml) => {
      const read = readDomainXml(xml);
      const [, state = '', boot = ''] = known.get(read.name) ?? [];
      return known.has(read.name) ? [domainOf(xml, read, stateOf(state), boot, ovs)] : [];
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

function domainOf(
  xml: string,
  { metadata, interfaces, ...read }: DomainXml,
  state: DomainAnswer['state'],
  boot: string,
  ovs: OvsAnswer,
): DomainAnswer {
  const isOn = state !== 'shut off' && state !== 'crashed';
  return {
    ...read,
    mark: metadata?.mark,
    ...(metadata?.guest === undefined ? {} : { guest: metadata.guest }),
    ...(metadata?.asked === undefined ? {} : { asked: metadata.asked }),
    ...(metadata?.edited === undefined ? {} : { edited: { sha256: metadata.edited, text: xml } }),
    state,
    interfaces: interfaces.map((each) => ({ ...each, port: isOn ? boundTo(ovs.interfaces.get(each.tap)) : '' })),
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
