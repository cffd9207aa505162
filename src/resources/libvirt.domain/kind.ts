import { artefactPath, guestFolder } from '../../model/artefacts.ts';
import type { Change } from '../../model/plan.ts';
import type { Ref } from '../../model/ref.ts';
import { type Asked, askedText } from '../../model/request.ts';
import type { Domain } from '../../model/resources.ts';
import type { Observed } from '../../model/observed.ts';
import { labelFromPairs } from '../../model/owner-label.ts';
import type { DomainAnswer, DomainPort } from '../../model/transport/libvirt.ts';
import { defineKind, isNamesake } from '../contract.ts';
import { compareFields, differingFields, impact } from '../shared/compare.ts';
import { attachmentRefs } from '../shared/guests.ts';
import { folderRef } from '../shared/refs.ts';
import { plainUndo } from '../shared/undo.ts';
import { domainVerbs, ensureOp, holdOp, memoryGone } from './verbs.ts';

/** A virtual machine. Its disk and its seed make it what it is: when one of them is remade, so is the domain. */
export const libvirtDomain = defineKind({
  kind: 'libvirt.domain',
  transport: 'libvirt',
  stage: 'start',
  asks: ['libvirt'],
  needs: (domain) => [
    { ref: `disk:${domain.name}`, how: 'inside' },
    { ref: `seed:${domain.name}`, how: 'inside' },
    { ref: folderRef(domain.consoleLog, domain.host), how: 'after' },
    ...attachmentsOf(domain).map((ref) => ({ ref, how: 'after' }) as const),
  ],
  compare: (goal, observed) => {
    if (!goal || !observed || goal.host !== observed.as.host) return mentionEdit(goal, compareFields(goal, observed));
    return observed.drift === onlyPorts
      ? mentionEdit(goal, compareFields(goal, undefined))
      : compareBoth(goal, observed);
  },
  undo: (change, _goal, observed) => {
    const goesOn = change.action === 'update' && change.impact.effect !== 'restart';
    return observed?.as.paused && !goesOn ? memoryGone : plainUndo(change, observed);
  },
  runtime: {
    capabilities: ['exec', 'copy', 'console', 'readiness'],
    isWantedOn: ({ running }) => running,
    state: ({ as: { running, paused, boot }, asked }) => ({
      power: running ? 'on' : paused ? 'paused' : 'off',
      ...(boot === undefined ? {} : { boot }),
      ...(asked === undefined ? {} : { asked }),
    }),
    attachments: attachmentsOf,
  },
  verbs: domainVerbs,
  parse: ({ libvirt: { domains, ports } = { domains: [], ports: [] } }, scope) => {
    const taps = tapsByDomain(ports);
    return [
      ...domains
        .filter((domain) => domain.mark !== undefined || isNamesake(domain.name, scope))
        .map((domain) => seenDomain(domain, taps.get(domain.name) ?? [], scope.host)),
      ...remainsIn(ports, new Set(domains.map(({ name }) => name)), scope.host),
    ];
  },
  render: (goal, label, was) =>
    goal
      ? goal.paused
        ? holdOp(goal, label)
        : {
            ...ensureOp(goal, label, hardwareChanges(goal, was).length > 0),
            ...(leavesPaused(goal, was) ? { leave: 'paused' as const } : {}),
          }
      : {
          transport: 'libvirt',
          do: 'remove',
          name: was.name,
          deployment: label.deployment,
          consoleLog: was.consoleLog,
          taps: was.interfaces.map(({ tap }) => tap),
        },
  artefacts: (goal, label) => {
    const { xml } = ensureOp(goal, label, false);
    return [{ path: `${guestFolder(goal.guest ?? goal.name)}/domain.xml`, text: () => withoutIdentity(xml) }];
  },
  describe: (domain) => {
    const network = domain.interfaces.map((each) => ` ${each.port}`).join('');
    if (domain.cpus === 0) return `ports of domain ${domain.name} on ${domain.host}:${network}`;
    // Powered on; whether it was resumed is its readiness's, unless a person asked for it.
    const isOn = domain.running || (domain.paused && !domain.asked);
    const state = isOn ? 'running' : domain.paused ? 'paused' : 'shut off';
    return `domain ${domain.name} on ${domain.host}, ${domain.cpus} cpus, ${domain.memoryMiB} MiB,${network || ' no network'}, ${state}${domain.asked ? `, ${askedText(domain.asked)}` : ''}`;
  },
});

function attachmentsOf({ interfaces }: Domain): Ref[] {
  return interfaces.flatMap(({ port }) => attachmentRefs(port));
}

/** Identity and label are the server's to give, when it makes the domain. */
function withoutIdentity(xml: string): string {
  return xml.replace(/\s*<uuid>[^<]*<\/uuid>/, '').replace(/\s*<metadata>.*<\/metadata>/, '');
}

/** Somebody undefined the domain past us. */
const onlyPorts = 'gone, its ports are left';
const prefix = 'libvirt.domain:';

/** Compared apart from the hardware: `running` is what drift is about, `guest` is a label. */
const apart = ['running', 'interfaces', 'guest', 'xml', 'asked', 'paused', 'boot'] as const;

/**
 * What has to boot is resumed by its guest's own chain. One that runs and only gets its ports back has no such chain in
 * the plan, and what is rolled back to running (it names a boot) must run again whatever became of its chain.
 */
function leavesPaused(goal: Domain, was: Domain): boolean {
  const runsOn = was.running && was.boot !== undefined && hardwareChanges(goal, was).length === 0;
  return goal.running && goal.boot === undefined && !runsOn;
}

function mentionEdit(goal: Domain | undefined, change: Change | undefined): Change | undefined {
  return goal?.xml && change ? { ...change, cause: `${change.cause}, ${xmlPath(goal)} was edited` } : change;
}

function xmlPath({ guest, name }: Domain): string {
  return artefactPath(guest ?? name, 'domain.xml');
}

function compareBoth(goal: Domain, observed: Observed<Domain>): Change | undefined {
  const drift = goal.running ? observed.drift : observed.as.running ? 'runs' : undefined;
  const asked = observed.asked && { asked: true as const };
  const hardware = hardwareChanges(goal, observed.as);
  if (hardware.length > 0) {
    const causes = [...(drift === undefined ? [] : [drift]), ...hardware];
    return { action: 'update', cause: causes.join(', '), impact: impact('restart', goal) };
  }
  if (drift !== undefined)
    return { action: 'update', cause: drift, impact: impact(goal.running ? 'none' : 'restart', goal), ...asked };
  if (!goal.running) return undefined;
  const unbound = goal.interfaces.filter((each, index) => each.port !== observed.as.interfaces[index]?.port);
  if (unbound.length === 0) return undefined;
  const cause = unbound.map((each) => `${each.tap} is not bound to ${each.port}`).join(', ');
  return { action: 'update', cause, impact: impact('live', goal) };
}

/** Differences a running machine cannot take in. Ports are bound outside of it. */
function hardwareChanges(goal: Domain, observed: Domain): string[] {
  if (goal === observed) return [];
  if (goal.xml?.sha256 !== observed.xml?.sha256)
    return [`${xmlPath(goal)} ${goal.xml ? 'was' : 'is no longer'} edited`];
  // What the user wrote there is the user's: only its text tells whether it is the same.
  if (goal.xml) return [];
  const fields = compareFields(goal, { as: observed, label: undefined }, { ignore: apart });
  const cards = (domain: Domain): Domain['interfaces'] => domain.interfaces.map((each) => ({ ...each, port: '' }));
  const rewired = differingFields({ ...goal, interfaces: cards(goal) }, { ...observed, interfaces: cards(observed) });
  return [...(fields ? [fields.cause] : []), ...(rewired.includes('interfaces') ? ['other network cards'] : [])];
}

function seenDomain(answer: DomainAnswer, taps: readonly string[], host: string): Observed<Domain> {
  const {
    name,
    guest,
    mark: label,
    state,
    cpus,
    memoryMiB,
    accelerator,
    disks,
    interfaces,
    consoleLog,
    edited,
    asked,
    boot,
  } = answer;
  const running = state === 'running';
  const as: Domain = {
    kind: 'libvirt.domain',
    name,
    host,
    ...(guest === undefined ? {} : { guest }),
    cpus,
    memoryMiB,
    accelerator,
    disks,
    interfaces,
    consoleLog,
    running,
    ...(state === 'paused' ? { paused: true as const } : {}),
    ...(boot === '' ? {} : { boot }),
    ...(stillAsked(asked, state) ? { asked } : {}),
    ...(edited === undefined ? {} : { xml: edited }),
  };
  const left = taps.filter((tap) => interfaces.every((each) => each.tap !== tap));
  // A paused one is as good as running: its guest's own chain resumes it, and tells why it is not ready. What a person
  // asked for is taken off here.
  const isOn = running || (state === 'paused' && as.asked === undefined);
  const drift = !isOn ? stateText(as, state) : left.map((tap) => `port ${tap} is left`).join(', ');
  const person = as.asked === undefined ? {} : { asked: true as const };
  return { as, label, ...(drift === '' ? {} : { drift }), ...person };
}

/** What a person asked counts only while it is so: a guest that was started outside is not stopped any more. */
function stillAsked(asked: Asked | undefined, state: DomainAnswer['state']): asked is Asked {
  return asked !== undefined && (asked.state === 'paused' ? state === 'paused' : state === 'shut off');
}

function stateText({ asked }: Domain, state: DomainAnswer['state']): string {
  if (asked) return askedText(asked);
  return state === 'other' ? 'does not run' : state;
}

function nameOfDomain({ externalIds }: DomainPort): string {
  return labelFromPairs(externalIds)?.resource.slice(prefix.length) ?? '';
}

function tapsByDomain(ports: readonly DomainPort[]): ReadonlyMap<string, string[]> {
  const taps = new Map<string, string[]>();
  for (const port of ports) taps.set(nameOfDomain(port), [...(taps.get(nameOfDomain(port)) ?? []), port.tap]);
  return taps;
}

/** Domains of which nothing is left but ports on the bridge. */
function remainsIn(ports: readonly DomainPort[], known: ReadonlySet<string>, host: string): Observed<Domain>[] {
  const remains = new Map<string, Observed<Domain>>();
  for (const port of ports) {
    const { tap, externalIds } = port;
    const label = labelFromPairs(externalIds)?.label;
    const name = nameOfDomain(port);
    if (known.has(name)) continue;
    const card = { mac: externalIds['attached-mac'] ?? '', port: externalIds['iface-id'] ?? '', tap, mtu: 0 };
    const interfaces = [...(remains.get(name)?.as.interfaces ?? []), card];
    const nothing = { cpus: 0, memoryMiB: 0, accelerator: 'qemu', disks: [], consoleLog: '', running: false } as const;
    const as: Domain = { kind: 'libvirt.domain', name, host, ...nothing, interfaces };
    remains.set(name, { as, label, drift: onlyPorts });
  }
  return [...remains.values()];
}
