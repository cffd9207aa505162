import type { Change } from '../../model/plan.ts';
import type { Resource } from '../../model/resources.ts';
import type { Observed } from '../../model/observed.ts';
import type { Undo } from '../contract.ts';

/** The usual way back: what was made goes, what was changed or removed comes back as it was seen. */
export function plainUndo<R extends Resource>(change: Change, observed: Observed<R> | undefined): Undo<R> {
  if (change.action === 'create' || !observed) return { to: 'absent' };
  if (change.action === 'run') return { to: 'irreversible', why: 'what ran cannot be made not to have run' };
  if (!observed.label) return { to: 'irreversible', why: 'it was not ours before' };
  return { to: 'goal', goal: observed.as, label: observed.label };
}
