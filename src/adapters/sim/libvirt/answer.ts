import type { DomainAnswer, LibvirtAnswer } from '../../../model/transport/libvirt.ts';
import type { Scope } from '../../../resources/contract.ts';
import { readDomainXml } from '../../host/domain-xml.ts';
import { isMeant, labelIn } from '../owned.ts';
import { bootOf, type LibvirtState, type SimulatedDomain } from './state.ts';

/** Domains with what their XML says of them, and all ports that carry a mark. */
export function answerLibvirt(host: LibvirtState, scope: Scope): LibvirtAnswer {
  return {
    domains: Object.values(host.domains).map((each) => domainAnswer(each, host.ports[each.domain.name])),
    ports: Object.values(host.ports)
      .flatMap((ports) => Object.entries(ports))
      .flatMap(([tap, externalIds]) => {
        const label = labelIn(externalIds);
        return label && isMeant(label, scope) ? [{ tap, externalIds }] : [];
      }),
  };
}

function domainAnswer(each: SimulatedDomain, ports: Readonly<LibvirtState['ports'][string]> = {}): DomainAnswer {
  const { domain, xml, state } = each;
  const portOf = (tap: string): string => (state === 'shut off' ? undefined : ports[tap]?.['iface-id']) ?? '';
  const { name, cpus, memoryMiB, accelerator, disks, interfaces, consoleLog } = domain;
  const { metadata } = readDomainXml(xml);
  return {
    name,
    mark: metadata?.mark,
    ...(metadata?.guest === undefined ? {} : { guest: metadata.guest }),
    ...(metadata?.asked === undefined ? {} : { asked: metadata.asked }),
    ...(metadata?.edited === undefined ? {} : { edited: { sha256: metadata.edited, text: xml } }),
    state,
    cpus,
    memoryMiB,
    accelerator,
    disks,
    interfaces: interfaces.map(({ mac, tap, mtu }) => ({ mac, tap, mtu, port: portOf(tap) })),
    consoleLog,
    boot: bootOf(each),
  };
}
