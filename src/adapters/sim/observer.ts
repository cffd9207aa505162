import { readDomainXml } from '../host/domain-xml.ts';
import { type HostFacts, accessNamespace } from '../../model/host.ts';
import { type OwnerLabel, labelFromPairs, labelToPairs } from '../../model/owner-label.ts';
import type { DomainAnswer } from '../../model/transport/libvirt.ts';
import type { LinkAnswer } from '../../model/transport/links.ts';
import type { Answers, QueryName } from '../../model/transport/op.ts';
import type { OvnRow } from '../../model/transport/ovn.ts';
import type { Scope } from '../../resources/contract.ts';
import { bootOf } from './guest.ts';
import type { SimulatedDomain, SimulatedHost, SimulatedLink } from './state.ts';

/** One read of a simulated host. */
export function observeHost(host: SimulatedHost, queries: readonly QueryName[], scope: Scope): Answers {
  const all: Omit<Answers, 'host' | 'facts'> = {
    ovn: { rows: Object.values(host.rows).filter((row) => isOfScope(row, scope)) },
    files: {
      records: Object.values(host.records).filter(({ mark: label }) => isMeant(label, scope)),
      files: host.files,
    },
    links: {
      links: Object.values(host.links).map(linkAnswer),
      namespaces: [...new Set(Object.values(host.links).map(({ mark: label }) => accessNamespace(label.deployment)))],
    },
    libvirt: {
      domains: Object.values(host.domains).map((each) => domainAnswer(each, host.ports[each.domain.name])),
      ports: Object.values(host.ports)
        .flatMap((ports) => Object.entries(ports))
        .flatMap(([tap, externalIds]) => {
          const found = labelFromPairs(externalIds);
          return found && isMeant(found.label, scope) ? [{ tap, externalIds }] : [];
        }),
    },
  };
  const asked = Object.entries(all).filter(([name]) => queries.includes(name as QueryName));
  return { host: scope.host, facts: factsOf(scope.host, host.id ?? scope.host), ...Object.fromEntries(asked) };
}

function factsOf(host: string, id: string): HostFacts {
  const chassis = `chassis-${host}`;
  return { accelerator: 'qemu', cores: 4, memoryMiB: 65_536, diskFreeMiB: 1_000_000, chassis, missingTools: [], id };
}

function isOfScope(row: OvnRow, scope: Scope): boolean {
  const found = labelFromPairs((row.columns['external_ids'] ?? {}) as Record<string, string>);
  if (found) return isMeant(found.label, scope);
  const { name } = row.columns;
  return scope.deployment !== undefined && typeof name === 'string' && name.startsWith(`${scope.deployment}-`);
}

function isMeant(label: OwnerLabel, scope: Scope): boolean {
  return scope.deployment === undefined || label.deployment === scope.deployment;
}

function linkAnswer({ link, mark: label }: SimulatedLink): LinkAnswer {
  const { namespace, inner: name, mac, mtu, outer, port } = link;
  const externalIds = { ...labelToPairs(label, `access.link:${link.name}`), 'iface-id': port };
  return { outer, externalIds, ...(name === '' ? {} : { peer: { namespace, name, mac, mtu, up: true } }) };
}

function domainAnswer(each: SimulatedDomain, ports: Readonly<SimulatedHost['ports'][string]> = {}): DomainAnswer {
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
