import { foldGuests } from './fold-guests.ts';
import { foldQuestions } from './fold-questions.ts';
import { foldRows } from './fold-rows.ts';
import type { Counts, FoldEvent, RunView } from './run-view.ts';

/**
 * What is going on after one more event. An event that is in the view already, by its number, changes nothing, so what
 * is told twice after a lost connection does no harm.
 */
export function fold(view: RunView, event: FoldEvent): RunView {
  if (event.seq <= view.seq) return view;
  return {
    ...view,
    ...foldRows(view, event),
    ...phaseOf(view, event),
    seq: event.seq,
    questions: foldQuestions(view.questions, event),
    guests: foldGuests(view.guests, event),
    counts: counted(view.counts, event),
  };
}

function phaseOf({ startedAt }: RunView, event: FoldEvent): Partial<Pick<RunView, 'phase' | 'startedAt' | 'endedAt'>> {
  const at = Date.parse(event.at);
  const began = startedAt === undefined ? { startedAt: at } : {};
  switch (event.code) {
    case 'run-started':
      return { ...began, phase: 'preparing' };
    case 'run-planned':
    case 'run-nothing-to-do':
      return { ...began, phase: 'running' };
    case 'undo-started':
      return { ...began, phase: 'undoing' };
    case 'run-ended':
      return { ...began, phase: 'ended', endedAt: at };
    default:
      return began;
  }
}

const counters = new Map<string, keyof Counts>([
  ['item-done', 'done'],
  ['item-failed', 'failed'],
  ['item-skipped', 'skipped'],
  ['undo-done', 'undone'],
  ['undo-failed', 'leftOver'],
]);

function counted(counts: Counts, { code, level }: FoldEvent): Counts {
  const counter = counters.get(code);
  if (counter !== undefined) return { ...counts, [counter]: counts[counter] + 1 };
  return level === 'warn' ? { ...counts, warnings: counts.warnings + 1 } : counts;
}
