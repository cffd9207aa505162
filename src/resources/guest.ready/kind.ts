import type { GuestReady } from '../../model/resources.ts';
import type { Observed } from '../../model/observed.ts';
import type { Answers } from '../../model/transport/op.ts';
import { defineKind, type RuntimeState } from '../contract.ts';
import { compareFields } from '../shared/compare.ts';
import { needsGuest, runtimeSources, stateOfGuest } from '../shared/guests.ts';
import { asKnown, type RecordOf, recordsOf } from '../shared/records.ts';

/** What is wrong with a guest that was ready and was paused since; one that never was ready in this boot waits for room. */
const pausedDrift = 'paused';

/** That a guest came up the ladder. True for one boot of its guest: after a reboot it must be shown again. */
export const guestReady = defineKind({
  kind: 'guest.ready',
  transport: 'guest',
  stage: 'start',
  isKnowledge: true,
  asks: ['files', ...runtimeSources.map(({ asks }) => asks)],
  readiness: {
    reach: ({ reach }) => reach,
    wasPaused: ({ drift }) => drift === pausedDrift,
  },
  needs: (ready) => [
    ...needsGuest(ready.domain, 'inside'),
    ...ready.reach.routes.map((route) => ({ ref: `access.link:${route.via}`, how: 'after' }) as const),
    ...(ready.after ?? []).map(({ ref }) => ({ ref, how: 'after' }) as const),
  ],
  // What a guest waits for says nothing about one that is ready.
  compare: (goal, observed) =>
    compareFields(goal, observed, { update: 'none', ignore: ['noProgressSeconds', 'after'] }),
  // Knowledge, not a thing: an undo never waits for a guest to boot. What was known is written down again; where the
  // guest has been rebooted since, that shows.
  undo: (_change, _goal, observed) => asKnown(observed),
  parse: (answers) => recordsOf('guest.ready', answers.files).map((record) => seenReady(record, answers)),
  render: (goal, label, was) =>
    goal
      ? { transport: 'guest', do: 'ready', goal, record: { ref: `guest.ready:${goal.name}`, mark: label, goal } }
      : { transport: 'guest', do: 'forget', ref: `guest.ready:${was.name}`, deployment: label.deployment },
  describe: (ready) => `guest ${ready.reach.guest} on ${ready.host} ready to ${ready.until}`,
});

function seenReady({ goal, mark: label, boot }: RecordOf<'guest.ready'>, answers: Answers): Observed<GuestReady> {
  const guest = stateOfGuest(answers, goal.domain);
  if (boot === undefined) return { as: goal, label, drift: 'was not ready yet' };
  // A paused guest answers nobody, although its boot is the one that was shown ready.
  if (guest?.boot === undefined || guest.power !== 'on') {
    const asked = guest?.asked && guest.power !== 'on' ? { asked: true as const } : {};
    return { as: goal, label, boot, drift: whyNot(boot, guest), ...asked };
  }
  return boot === guest.boot ? { as: goal, label, boot } : { as: goal, label, boot, drift: 'rebooted' };
}

function whyNot(boot: string, guest: RuntimeState | undefined): string {
  if (guest?.power !== 'paused') return 'does not run';
  return boot === guest.boot ? pausedDrift : 'starts again';
}
