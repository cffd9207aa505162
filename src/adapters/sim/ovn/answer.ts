import type { OvnAnswer, OvnRow } from '../../../model/transport/ovn.ts';
import type { Scope } from '../../../resources/contract.ts';
import { isMeant, labelIn } from '../owned.ts';
import type { OvnState } from './state.ts';

/** Marked rows, and unmarked ones under names that would be ours. */
export function answerOvn({ rows }: OvnState, scope: Scope): OvnAnswer {
  return { rows: Object.values(rows).filter((row) => isOfScope(row, scope)) };
}

function isOfScope({ columns }: OvnRow, scope: Scope): boolean {
  const label = labelIn(columns['external_ids']);
  if (label) return isMeant(label, scope);
  const { name } = columns;
  return scope.deployment !== undefined && typeof name === 'string' && name.startsWith(`${scope.deployment}-`);
}
