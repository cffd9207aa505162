import { isDeepStrictEqual } from 'node:util';
import { Failure } from '../../../model/failure.ts';
import { type OwnerLabel, labelToPairs } from '../../../model/owner-label.ts';
import { withMetadata } from '../../../model/domain-metadata.ts';
import { refOf } from '../../../model/ref.ts';
import type { Domain } from '../../../model/resources.ts';
import type { LibvirtOp } from '../../../model/transport/libvirt.ts';
import type { RunContext } from '../../../ports/carrier.ts';
import { readDomainXml } from '../../host/domain-xml.ts';
import type { Effects } from '../transport.ts';
import type { FilesState } from '../files/state.ts';
import { isOwned, labelIn, refuseForeign } from '../owned.ts';
import { bootOf, type LibvirtState, type SimulatedDomain } from './state.ts';

/** Domains need their disks. */
export type HostOfDomains = LibvirtState & Pick<FilesState, 'files'>;

type Ensure = Extract<LibvirtOp, { do: 'ensure' }>;

/** Domains: defined, started paused, taps plugged, resumed where that is not left to readiness. Their ports are Open vSwitch's, and go after them. */
export const libvirtEffects: Effects<'libvirt', HostOfDomains> = {
  transport: 'libvirt',
  atomic: false,
  apply: (op, host, context) => {
    const name = op.do === 'ensure' ? op.domain.name : op.name;
    const look = (): unknown => [host.domains[name], { ...host.ports[name] }];
    const before = look();
    if (op.do === 'ensure') ensure(op, host);
    else if (op.do === 'pause' || op.do === 'resume') hold(op, host, context);
    else {
      const domain = host.domains[name];
      if (domain) refuseForeign(readDomainXml(domain.xml).metadata?.mark, name, context);
      delete host.domains[name];
      unplugOwn(name, host, context);
    }
    return isDeepStrictEqual(look(), before) ? 'already' : 'done';
  },
  half: (op, host, context) => {
    if (op.do === 'remove') {
      const domain = host.domains[op.name];
      if (isOwned(domain && readDomainXml(domain.xml).metadata?.mark, context)) delete host.domains[op.name];
      return;
    }
    if (op.do !== 'ensure' || !op.domain.running || host.domains[op.domain.name]?.state === 'running') return;
    unplug(op.domain.name, host);
    host.domains[op.domain.name] = started(op, host);
    // Torn while the ports of the batch were being added.
    plug(op.domain, op.domain.interfaces.slice(1), op.mark, host);
  },
};

function ensure(op: Ensure, host: HostOfDomains): void {
  const { domain, xml, mark: label } = op;
  const missing = domain.disks.find((disk) => host.files[disk.path] === undefined);
  if (missing) {
    throw new Failure({ code: 'libvirt-refused', class: 'permanent', message: `${missing.path} is not there` });
  }
  const old = host.domains[domain.name];
  if (!domain.running) {
    unplug(domain.name, host);
    host.domains[domain.name] = { domain, xml, state: 'shut off', boot: 0 };
    return;
  }
  const isRestarted =
    op.restart && (op.from === undefined ? isDeepStrictEqual(old?.domain, domain) : old && bootOf(old) !== op.from);
  const runsOn = old && old.state !== 'shut off' && (!op.restart || isRestarted);
  unplug(domain.name, host, runsOn ? domain.interfaces : []);
  const machine = runsOn ? { ...old, domain, xml } : started(op, host);
  plug(domain, domain.interfaces, label, host);
  host.domains[domain.name] = { ...machine, state: op.leave === 'paused' ? machine.state : 'running' };
}

/** Paused and going on again, with its memory: the boot stays what it was. */
function hold(op: Extract<LibvirtOp, { do: 'pause' | 'resume' }>, host: HostOfDomains, context: RunContext): void {
  const old = host.domains[op.name];
  if (old) refuseForeign(readDomainXml(old.xml).metadata?.mark, op.name, context);
  if (!old || old.state === 'shut off') {
    throw new Failure({ code: 'libvirt-refused', class: 'permanent', message: `${op.name} does not run` });
  }
  const state = op.do === 'pause' ? 'paused' : 'running';
  host.domains[op.name] = { ...old, state, xml: withMetadata(old.xml, op.metadata) };
}

function started({ domain, xml }: Ensure, host: HostOfDomains): SimulatedDomain {
  host.boots += 1;
  return { domain, xml, state: 'paused', boot: host.boots };
}

/** Ports that are right already stay as they are, the marks of an earlier generation too. */
function plug(domain: Domain, cards: Domain['interfaces'], label: OwnerLabel, host: HostOfDomains): void {
  for (const { tap, port, mac } of cards) {
    const ports = (host.ports[domain.name] ??= {});
    if (ports[tap]?.['iface-id'] === port) continue;
    ports[tap] = { ...labelToPairs(label, refOf(domain)), 'iface-id': port, 'attached-mac': mac };
  }
}

/** A port that says it is another's may be left over from an earlier domain of this name. */
function unplugOwn(name: string, { ports }: HostOfDomains, context: RunContext): void {
  const kept = Object.entries(ports[name] ?? {}).filter(([, ids]) => !isOwned(labelIn(ids), context));
  if (kept.length > 0) ports[name] = Object.fromEntries(kept);
  else delete ports[name];
}

function unplug(name: string, { ports }: HostOfDomains, but: Domain['interfaces'] = []): void {
  const kept = Object.entries(ports[name] ?? {}).filter(([tap]) => but.some((each) => each.tap === tap));
  if (kept.length > 0) ports[name] = Object.fromEntries(kept);
  else delete ports[name];
}
