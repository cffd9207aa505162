import { artefactPath } from '../../model/artefacts.ts';
import type { Change } from '../../model/plan.ts';
import type { Domain } from '../../model/resources.ts';
import type { Seen } from '../../model/seen.ts';
import type { DomainAnswer } from '../../model/transport/libvirt.ts';
import { defineKind, isNamesake } from '../contract.ts';
import { compareFields, differingFields, impact } from '../shared/compare.ts';
import { folderRef } from '../shared/refs.ts';
import { plainUndo } from '../shared/undo.ts';
import { uuid5 } from '../shared/uuid5.ts';
import { domainXml } from './xml.ts';

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
    ...domain.interfaces.map((each) => ({ ref: `ovn.switch-port:${each.port}`, how: 'after' }) as const),
  ],
  compare: (goal, seen) =>
    goal && seen && goal.host === seen.as.host ? compareBoth(goal, seen) : mentionEdit(goal, compareFields(goal, seen)),
  undo: (change, _goal, seen) => plainUndo(change, seen),
  parse: (answers, scope) =>
    (answers.libvirt?.domains ?? [])
      .filter((domain) => domain.mark !== undefined || isNamesake(domain.name, scope))
      .map((domain) => seenDomain(domain, scope.host)),
  render: (goal, mark, was) =>
    goal
      ? {
          transport: 'libvirt',
          do: 'ensure',
          domain: goal,
          mark,
          xml: domainXml(goal, mark, uuid5(mark.installation, 'libvirt.domain', goal.name)),
          restart: hardwareChanges(goal, was).length > 0,
        }
      : {
          transport: 'libvirt',
          do: 'remove',
          name: was.name,
          deployment: mark.deployment,
          consoleLog: was.consoleLog,
        },
  describe: (domain) => {
    const network = domain.interfaces.map((each) => ` ${each.port}`).join('');
    const state = domain.running ? 'running' : 'shut off';
    return `domain ${domain.name} on ${domain.host}, ${domain.cpus} cpus, ${domain.memoryMiB} MiB,${network || ' no network'}, ${state}`;
  },
});

/** Compared apart from the hardware: `running` is what flaws are about, `guest` is a label. */
const apart = ['running', 'interfaces', 'guest', 'xml'] as const;

function mentionEdit(goal: Domain | undefined, change: Change | undefined): Change | undefined {
  return goal?.xml && change ? { ...change, cause: `${change.cause}, ${xmlPath(goal)} was edited` } : change;
}

function xmlPath({ guest, name }: Domain): string {
  return artefactPath(guest ?? name, 'domain.xml');
}

function compareBoth(goal: Domain, seen: Seen<Domain>): Change | undefined {
  const flaw = goal.running ? seen.flaw : seen.as.running ? 'runs' : undefined;
  const hardware = hardwareChanges(goal, seen.as);
  if (hardware.length > 0) {
    const causes = [...(flaw === undefined ? [] : [flaw]), ...hardware];
    return { action: 'update', cause: causes.join(', '), impact: impact('restart', goal) };
  }
  if (flaw !== undefined)
    return { action: 'update', cause: flaw, impact: impact(goal.running ? 'none' : 'restart', goal) };
  if (!goal.running) return undefined;
  const unbound = goal.interfaces.filter((each, index) => each.port !== seen.as.interfaces[index]?.port);
  if (unbound.length === 0) return undefined;
  const cause = unbound.map((each) => `${each.tap} is not bound to ${each.port}`).join(', ');
  return { action: 'update', cause, impact: impact('live', goal) };
}

/** Differences a running machine cannot take in. Ports are bound outside of it. */
function hardwareChanges(goal: Domain, seen: Domain): string[] {
  if (goal === seen) return [];
  if (goal.xml?.sha256 !== seen.xml?.sha256) return [`${xmlPath(goal)} ${goal.xml ? 'was' : 'is no longer'} edited`];
  // What the user wrote there is the user's: only its text tells whether it is the same.
  if (goal.xml) return [];
  const fields = compareFields(goal, { as: seen, mark: undefined }, { ignore: apart });
  const cards = (domain: Domain): Domain['interfaces'] => domain.interfaces.map((each) => ({ ...each, port: '' }));
  const rewired = differingFields({ ...goal, interfaces: cards(goal) }, { ...seen, interfaces: cards(seen) });
  return [...(fields ? [fields.cause] : []), ...(rewired.includes('interfaces') ? ['other network cards'] : [])];
}

function seenDomain(answer: DomainAnswer, host: string): Seen<Domain> {
  const { name, guest, mark, state, cpus, memoryMiB, accelerator, disks, interfaces, consoleLog, edited } = answer;
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
    ...(edited === undefined ? {} : { xml: edited }),
  };
  return { as, mark, ...(running ? {} : { flaw: state === 'other' ? 'does not run' : state }) };
}
