import type { ResultFrame } from '../../gateway/protocol/follow.ts';
import type { FailureData } from '../../model/failure.ts';
import { renderFailure } from './failure.ts';

/** What a run leaves behind: the part of its outcome that is shown. */
export interface ShownOutcome {
  readonly summary: { readonly create: number; readonly change: number; readonly delete: number; readonly run: number };
  readonly failures: readonly { readonly item: string; readonly failure: FailureData }[];
  readonly skipped: number;
  readonly undone: number;
  readonly leftovers: readonly { readonly item: string; readonly why: string }[];
  readonly reason?: string;
}

/** The end of a run in a few lines: counts, what failed and why, what was taken back and what is left over. */
export function renderOutcome(command: string, result: ResultFrame, elapsed: string, color: boolean): string {
  const outcome = result.data as ShownOutcome | undefined;
  const lines: string[] = [];
  if (result.status === 'failed') {
    const failures = outcome?.failures ?? [];
    const shown = failures.length > 0 ? failures : result.failure ? [{ item: '', failure: result.failure }] : [];
    for (const { item, failure } of shown) {
      lines.push(renderFailure(failure, color, item === '' || item === 'prepare' ? undefined : item).trimEnd());
    }
  }
  for (const { item, why } of outcome?.leftovers ?? []) lines.push(`left over: ${item}: ${why}`);
  lines.push(headline(command, result, outcome, elapsed));
  return `${lines.join('\n')}\n`;
}

function headline(command: string, result: ResultFrame, outcome: ShownOutcome | undefined, elapsed: string): string {
  const after = `after ${elapsed}`;
  if (result.status === 'completed') {
    const { create = 0, change = 0, delete: gone = 0, run = 0 } = outcome?.summary ?? {};
    const counts = [`${create} created`, `${change} changed`, `${gone} removed`, ...(run > 0 ? [`${run} run`] : [])];
    const nothing = create + change + gone + run === 0;
    return `${command} completed ${after}: ${nothing ? 'nothing to do, the hosts match' : counts.join(', ')}`;
  }
  const taken =
    outcome && (outcome.undone > 0 || result.status === 'cancelled') ? [`${outcome.undone} taken back`] : [];
  const left = outcome && outcome.leftovers.length > 0 ? [`${outcome.leftovers.length} left over`] : [];
  const skipped = outcome && outcome.skipped > 0 ? [`${outcome.skipped} not tried`] : [];
  const why = outcome?.reason === undefined ? '' : ` (${outcome.reason})`;
  const parts = [...taken, ...left, ...skipped];
  return `${command} ${result.status} ${after}${why}${parts.length > 0 ? `: ${parts.join(', ')}` : ''}`;
}
