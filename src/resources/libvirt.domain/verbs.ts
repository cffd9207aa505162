import type { Change } from '../../model/plan.ts';
import type { Observed } from '../../model/observed.ts';
import type { OwnerLabel } from '../../model/owner-label.ts';
import type { Request } from '../../model/request.ts';
import type { Domain } from '../../model/resources.ts';
import type { LibvirtOp } from '../../model/transport/libvirt.ts';
import type { Refusal, Undo, Verb } from '../contract.ts';
import { impact } from '../shared/compare.ts';
import { uuid5 } from '../shared/uuid5.ts';
import { domainXml, metadataOf } from './xml.ts';

type Found = Observed<Domain> | undefined;
type Action = 'start' | 'stop' | 'restart' | 'pause' | 'resume';

const absent: Refusal = { refused: 'it is not there', hint: 'run up to make it' };
const off: Refusal = { refused: 'it is shut off', hint: 'start it first' };

/** Makes a domain what it is to be: defined, and running or shut off. */
export function ensureOp(domain: Domain, label: OwnerLabel, restart: boolean): Extract<LibvirtOp, { do: 'ensure' }> {
  const { boot: _boot, ...made } = domain;
  const xml = domainXml(made, label, uuid5(label.installation, 'libvirt.domain', made.name));
  return { transport: 'libvirt', do: 'ensure', domain: made, mark: label, xml, restart };
}

/** Pauses a domain or lets it go on. */
export function holdOp(domain: Domain, label: OwnerLabel): LibvirtOp {
  return {
    transport: 'libvirt',
    do: domain.paused ? 'pause' : 'resume',
    name: domain.name,
    deployment: label.deployment,
    metadata: metadataOf(domain, label),
  };
}

/** The domain without what a person asked of it before. */
function plain({ asked: _asked, paused: _paused, ...domain }: Domain): Domain {
  return domain;
}

/** As it is on its host, never as an edited file would have it: a verb changes nothing else. */
function asFound(goal: Domain, observed: Found): Domain {
  return plain(observed?.as ?? goal);
}

function labelOf(label: OwnerLabel, observed: Found): OwnerLabel {
  return observed?.label ?? label;
}

function askedBy({ verb, by }: Request): string {
  return `${verb} asked for by ${by}`;
}

function change(action: Action, request: Request, goal: Domain, wakes: boolean, effect: 'none' | 'restart'): Change {
  const cause = askedBy(request);
  const woken = wakes ? { wakes: true as const } : {};
  return { action, cause, impact: impact(effect, goal), ...woken };
}

function backToFound(observed: Found): Undo<Domain> {
  if (!observed?.label) return { to: 'irreversible', why: 'it was not ours before' };
  return { to: 'goal', goal: observed.as, label: observed.label };
}

/** What a paused guest holds in memory is nowhere else. */
export const memoryGone = { to: 'irreversible', why: 'what the paused guest held in memory is gone' } as const;

/** Running again; what a paused one held in memory does not come back. */
function startedAgain(goal: Domain, observed: Found): Undo<Domain> {
  if (observed?.as.paused) return memoryGone;
  if (!observed?.as.running || !observed.label) return backToFound(observed);
  return { to: 'goal', goal: { ...observed.as, interfaces: goal.interfaces }, label: observed.label };
}

const start: Verb<Domain> = {
  change: (_goal, observed, request) => {
    if (!observed) return absent;
    if (observed.as.running) return undefined;
    return change('start', request, observed.as, true, 'none');
  },
  // A paused one has all it needs; only its power is on already.
  render: (goal, label, observed) =>
    observed?.as.paused
      ? holdOp(asFound(goal, observed), labelOf(label, observed))
      : { ...ensureOp(startable(goal, observed), labelOf(label, observed), false), leave: 'paused' },
  undo: (_change, _goal, observed) => (observed?.as.paused ? heldAsFound(observed) : backToFound(observed)),
};

/** As it is on its host; the ports of one that is off are told by what was wanted. */
function startable(goal: Domain, observed: Found): Domain {
  return { ...asFound(goal, observed), interfaces: goal.interfaces, running: true };
}

const stop: Verb<Domain> = {
  change: (_goal, observed, request) => {
    if (!observed) return absent;
    const { running, paused, asked } = observed.as;
    if (!running && !paused && asked?.state === 'off') return undefined;
    return change('stop', request, observed.as, false, running || paused ? 'restart' : 'none');
  },
  render: (goal, label, observed, { by, at, stopSeconds }) => {
    const domain: Domain = { ...asFound(goal, observed), running: false, asked: { state: 'off', by, at } };
    const op = ensureOp(domain, labelOf(label, observed), false);
    return stopSeconds === undefined ? op : { ...op, stopSeconds };
  },
  undo: (_change, goal, observed) => startedAgain(goal, observed),
};

const restart: Verb<Domain> = {
  change: (_goal, observed, request) => {
    if (!observed) return absent;
    return change('restart', request, observed.as, true, 'restart');
  },
  render: (goal, label, observed, { stopSeconds }) => ({
    ...ensureOp(startable(goal, observed), labelOf(label, observed), true),
    leave: 'paused',
    ...(observed?.as.boot === undefined ? {} : { from: observed.as.boot }),
    ...(stopSeconds === undefined ? {} : { stopSeconds }),
  }),
  undo: (_change, goal, observed) => startedAgain(goal, observed),
};

const pause: Verb<Domain> = {
  change: (_goal, observed, request) => {
    if (!observed) return absent;
    if (observed.as.paused && observed.as.asked?.state === 'paused') return undefined;
    if (!observed.as.running && !observed.as.paused) return off;
    return change('pause', request, observed.as, false, 'none');
  },
  render: (goal, label, observed, { by, at }) => {
    const domain: Domain = { ...asFound(goal, observed), paused: true, asked: { state: 'paused', by, at } };
    return holdOp(domain, labelOf(label, observed));
  },
  undo: (_change, _goal, observed) => heldAsFound(observed),
};

const resume: Verb<Domain> = {
  change: (_goal, observed, request) => {
    if (!observed) return absent;
    if (observed.as.running) return undefined;
    if (!observed.as.paused) return off;
    return change('resume', request, observed.as, true, 'none');
  },
  render: (goal, label, observed) => holdOp(asFound(goal, observed), labelOf(label, observed)),
  undo: (_change, _goal, observed) => heldAsFound(observed),
};

/** Paused or going on, as it was: both keep the guest's memory. */
function heldAsFound(observed: Found): Undo<Domain> {
  if (!observed?.label) return { to: 'irreversible', why: 'it was not ours before' };
  return { to: 'operation', op: holdOp(observed.as, observed.label) };
}

/** What a person can ask of a virtual machine. */
export const domainVerbs = { start, stop, restart, pause, resume };
