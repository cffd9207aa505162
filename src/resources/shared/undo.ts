import type { Change } from '../../model/plan.ts';
import type { Resource } from '../../model/resources.ts';
import type { Seen } from '../../model/seen.ts';
import type { Undo } from '../contract.ts';

/** The usual way back: what was made goes, what was changed or removed comes back as it was seen. */
export function plainUndo<R extends Resource>(change: Change, seen: Seen<R> | undefined): Undo<R> {
  if (change.action === 'create' || !seen) return { to: 'absent' };
  if (change.action === 'run') return { to: 'never', why: 'what ran cannot be made not to have run' };
  if (!seen.mark) return { to: 'never', why: 'it was not ours before' };
  return { to: 'goal', goal: seen.as, mark: seen.mark };
}
