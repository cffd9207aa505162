import type { ResultFrame } from '../../gateway/protocol/follow.ts';
import type { FailureData } from '../../model/failure.ts';

/** What a run leaves behind: the part of its outcome that is shown. */
export interface ShownOutcome {
  readonly summary: { readonly create: number; readonly change: number; readonly delete: number; readonly run: number };
  readonly failures: readonly { readonly item: string; readonly failure: FailureData }[];
  readonly skipped: number;
  readonly undone: number;
  readonly leftovers: readonly { readonly item: string; readonly why: string }[];
  readonly reason?: string;
}

/** Everything that failed, with the item it was about. */
export function failuresOf(result: ResultFrame): readonly { readonly about?: string; readonly failure: FailureData }[] {
  if (result.status !== 'failed') return [];
  const failures = (result.data as ShownOutcome | undefined)?.failures ?? [];
  if (failures.length === 0) return result.failure ? [{ failure: result.failure }] : [];
  return failures.map(({ item, failure }) => (item === 'prepare' ? { failure } : { about: item, failure }));
}

/** The end of a run in a few lines: what is left over, counts, what was taken back. */
export function renderOutcome(command: string, result: ResultFrame, elapsed: string): string {
  const outcome = result.data as ShownOutcome | undefined;
  const leftovers = (outcome?.leftovers ?? []).map(({ item, why }) => `left over: ${item}: ${why}`);
  return `${[...leftovers, headline(command, result, outcome, elapsed)].join('\n')}\n`;
}

function headline(command: string, result: ResultFrame, outcome: ShownOutcome | undefined, elapsed: string): string {
  const after = `after ${elapsed}`;
  if (result.status === 'completed') {
    const { create = 0, change = 0, delete: gone = 0, run = 0 } = outcome?.summary ?? {};
    const counts = [`${create} created`, `${change} changed`, `${gone} removed`, ...(run > 0 ? [`${run} run`] : [])];
    const nothing = create + change + gone + run === 0;
    return `${command} completed ${after}: ${nothing ? 'nothing to do, the hosts match' : counts.join(', ')}`;
  }
  const refused = outcome?.failures.length === 1 && outcome.failures[0]!.item === 'prepare';
  if (refused) return `${command} was refused ${after}: nothing has been touched`;
  const taken =
    outcome && (outcome.undone > 0 || result.status === 'cancelled') ? [`${outcome.undone} taken back`] : [];
  const left = outcome && outcome.leftovers.length > 0 ? [`${outcome.leftovers.length} left over`] : [];
  const skipped = outcome && outcome.skipped > 0 ? [`${outcome.skipped} not tried`] : [];
  const why = outcome?.reason === undefined ? '' : ` (${outcome.reason})`;
  const parts = [...taken, ...left, ...skipped];
  return `${command} ${result.status} ${after}${why}${parts.length > 0 ? `: ${parts.join(', ')}` : ''}`;
}
