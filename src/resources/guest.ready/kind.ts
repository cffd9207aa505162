import type { GuestReady } from '../../model/resources.ts';
import type { Observed } from '../../model/observed.ts';
import type { Answers } from '../../model/transport/op.ts';
import { defineKind } from '../contract.ts';
import { compareFields } from '../shared/compare.ts';
import { type RecordOf, recordsOf } from '../shared/records.ts';

/** That a guest came up the ladder. True for one boot of its domain: after a reboot it must be shown again. */
export const guestReady = defineKind({
  kind: 'guest.ready',
  transport: 'guest',
  stage: 'start',
  isKnowledge: true,
  asks: ['files', 'libvirt'],
  needs: (ready) => [
    { ref: `libvirt.domain:${ready.domain}`, how: 'inside' },
    ...ready.reach.routes.map((route) => ({ ref: `access.link:${route.via}`, how: 'after' }) as const),
  ],
  compare: (goal, observed) => compareFields(goal, observed, { update: 'none', ignore: ['noProgressSeconds'] }),
  // Knowledge, not a thing: it is forgotten and asked anew by the next up. An undo never waits for a guest to boot.
  undo: () => ({ to: 'absent' }),
  parse: (answers) => recordsOf('guest.ready', answers.files).map((record) => seenReady(record, answers)),
  render: (goal, label, was) =>
    goal
      ? { transport: 'guest', do: 'ready', goal, record: { ref: `guest.ready:${goal.name}`, mark: label, goal } }
      : { transport: 'guest', do: 'forget', ref: `guest.ready:${was.name}`, deployment: label.deployment },
  describe: (ready) => `guest ${ready.reach.guest} on ${ready.host} ready to ${ready.until}`,
});

function seenReady({ goal, mark: label, boot }: RecordOf<'guest.ready'>, answers: Answers): Observed<GuestReady> {
  const domain = answers.libvirt?.domains.find(({ name }) => name === goal.domain);
  if (boot === undefined) return { as: goal, label, drift: 'was not ready yet' };
  // A paused guest answers nobody, although its boot is the one that was shown ready.
  if (!domain?.boot || domain.state !== 'running') return { as: goal, label, drift: 'does not run' };
  return boot === domain.boot ? { as: goal, label } : { as: goal, label, drift: 'rebooted' };
}
