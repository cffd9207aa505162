import { numberOf, textOf, withEntry } from './fields.ts';
import type { FoldEvent, GuestView, RunView } from './run-view.ts';

const unseen: GuestView = { state: 'climbing', rung: '', seconds: 0 };

/** Guests after one more event; the very same where it is about none. */
export function foldGuests(guests: RunView['guests'], event: FoldEvent): RunView['guests'] {
  const change = changeOf(event);
  if (event.guest === undefined || change === undefined) return guests;
  return withEntry(guests, event.guest, { ...unseen, ...guests.get(event.guest), ...change });
}

function changeOf(event: FoldEvent): Partial<GuestView> | undefined {
  const seconds = numberOf(event, 'seconds');
  switch (event.code) {
    case 'guest-rung':
      return { state: 'climbing', rung: textOf(event, 'rung'), seconds };
    case 'guest-stalled':
      return { state: 'stalled' };
    case 'guest-ready':
      return { state: 'ready', seconds };
    case 'script-started':
    case 'script-adopted':
      return { script: 'running' };
    case 'script-done':
      return { script: 'done' };
    default:
      return undefined;
  }
}
