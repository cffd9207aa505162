import { hash } from 'node:crypto';
import type { OwnerLabel } from '../../model/owner-label.ts';
import type { Change } from '../../model/plan.ts';
import type { Script } from '../../model/resources.ts';
import type { Observed } from '../../model/observed.ts';
import type { GuestOp } from '../../model/transport/guest.ts';
import { defineKind, type Verb } from '../contract.ts';
import { compareFields, contentOf, impact } from '../shared/compare.ts';
import { needsGuest } from '../shared/guests.ts';
import { asKnown, recordsOf } from '../shared/records.ts';
import { plainUndo } from '../shared/undo.ts';

/** The same script as another job of its guest: one that ran before does not count for it. */
const rerun: Verb<Script> = {
  change: (goal, _observed, { by }) =>
    goal && { action: 'run', cause: `rerun asked for by ${by}`, impact: impact('none', goal) },
  render: (goal, label, _observed, { id }) =>
    scriptOp(goal, label, `${jobOf(goal, label)}-${hash('sha256', id).slice(0, 8)}`),
};

/** A script in a guest. Its effects are on the guest's disk, so it lives inside that: a new disk means it has not run. */
export const script = defineKind({
  kind: 'script',
  outlives: 'with data',
  transport: 'guest',
  stage: 'setup',
  asks: ['files'],
  needs: (each) => [
    { ref: `disk:${each.domain}`, how: 'inside' },
    { ref: `guest.ready:${each.domain}`, how: 'after' },
    // One that still runs is killed in its guest before that or the way there goes.
    ...needsGuest(each.domain, 'after'),
    ...each.reach.routes.map((route) => ({ ref: `access.link:${route.via}`, how: 'after' }) as const),
  ],
  compare: (goal, observed) => (goal ? compareGoal(goal, observed) : compareFields(goal, observed)),
  // Where this very run makes the guest, the planner knows that removing the guest removes the script's effects too.
  // A forgotten one that ended well is remembered by its guest and runs no second time; another one would.
  undo: (change, _goal, observed) => {
    if (change.action === 'run') return { to: 'irreversible', why: 'what a script did in its guest stays' };
    if (observed?.drift !== undefined) return { to: 'irreversible', why: 'a script that did not end would run again' };
    return change.action === 'delete' ? asKnown(observed) : plainUndo(change, observed);
  },
  verbs: { rerun },
  isCalled: ({ file, name }, word) => file === word || name === word || name.endsWith(`-${word}`),
  parse: ({ files }) =>
    recordsOf('script', files).map(({ goal, mark: label, boot }) => ({
      as: goal,
      label,
      ...(boot === undefined ? { drift: 'did not end' } : { boot }),
    })),
  render: (goal, label, was) =>
    goal
      ? scriptOp(goal, label, jobOf(goal, label))
      : { transport: 'guest', do: 'forget', ref: `script:${was.name}`, deployment: label.deployment },
  describe: (each) => `script ${each.file} (${each.script.sha256.slice(0, 12)}) in ${each.domain} on ${each.host}`,
});

function scriptOp(goal: Script, label: OwnerLabel, job: string): GuestOp {
  return { transport: 'guest', do: 'script', goal, record: { ref: `script:${goal.name}`, mark: label, goal }, job };
}

function compareGoal(goal: Script, observed: Observed<Script> | undefined): Change | undefined {
  const run = (cause: string): Change => ({ action: 'run', cause, impact: impact('none', goal) });
  if (goal.when === 'every-up') return run('every up');
  if (!observed) return run('has not run');
  if (observed.drift !== undefined) return run(observed.drift);
  return contentOf(observed.as.script) === contentOf(goal.script) ? undefined : run('script changed');
}

/** Guest, generation (it rises with the disk's) and content: the same job is adopted, never run twice. */
function jobOf(goal: Script, label: OwnerLabel): string {
  const identity = [label.deployment, goal.name, String(label.generation), goal.script.sha256].join('\0');
  return hash('sha256', identity).slice(0, 24);
}
