import type { RunOutcome } from '../../api/answers/outcome.ts';
import type { ResultFrame } from '../../gateway/protocol/follow.ts';
import { type VerbName, verbNames } from '../../model/request.ts';
import type { FailureData } from '../../model/failure.ts';

/** Everything that failed, with the item it was about. */
export function failuresOf(result: ResultFrame): readonly { readonly about?: string; readonly failure: FailureData }[] {
  if (result.status !== 'failed') return [];
  const failures = result.data?.failures ?? [];
  if (failures.length === 0) return result.failure ? [{ failure: result.failure }] : [];
  return failures.map(({ item, failure }) => (item === 'prepare' ? { failure } : { about: item, failure }));
}

/** The end of a run in a few lines: what is left over, counts, what was rolled back. */
export function renderOutcome(command: string, result: ResultFrame, elapsed: string, done?: string): string {
  const outcome = result.data;
  const leftovers = (outcome?.leftovers ?? []).map(leftover);
  return `${[...leftovers, headline(command, result, outcome, elapsed, done)].join('\n')}\n`;
}

function leftover({ item, why, host }: RunOutcome['leftovers'][number]): string {
  const where = host === undefined || why.includes(`host ${host}`) ? '' : ` on ${host}`;
  return `left over: ${item}${where}: ${why}`;
}

function headline(
  command: string,
  result: ResultFrame,
  outcome: RunOutcome | undefined,
  elapsed: string,
  done = changesOf(outcome),
): string {
  const after = `after ${elapsed}`;
  if (result.status === 'completed') return `${command} completed ${after}: ${done}`;
  if (outcome?.failures.length === 1 && outcome.failures[0]!.item === 'prepare') {
    return `${command} was refused ${after}: nothing has been touched`;
  }
  const why = outcome?.reason === undefined ? '' : ` (${outcome.reason})`;
  const rest = outcome === undefined ? [] : remainsOf(result, outcome);
  return `${command} ${result.status} ${after}${why}${rest.length > 0 ? `: ${rest.join(', ')}` : ''}`;
}

/** What was done to guests at a person's word, in the past tense. */
const past: Readonly<Record<VerbName, string>> = {
  start: 'started',
  stop: 'stopped',
  restart: 'restarted',
  pause: 'paused',
  resume: 'resumed',
  rebuild: 'rebuilt',
  rerun: 'run again',
};

function changesOf(outcome: RunOutcome | undefined): string {
  const { create = 0, change = 0, delete: gone = 0, run = 0, verbs = {} } = outcome?.summary ?? {};
  const asked = verbNames.flatMap((verb) => (verbs[verb] ? [`${verbs[verb]} ${past[verb]}`] : []));
  const made = [`${create} created`, `${change} changed`, `${gone} removed`];
  const counts = [
    ...asked,
    ...(create + change + gone + run > 0 && (asked.length === 0 || create + gone > 0) ? made : []),
    ...(run > 0 ? [`${run} run`] : []),
  ];
  return counts.length === 0 ? 'nothing to do, the hosts match' : counts.join(', ');
}

/** A cancelled run always says how much was rolled back; the others only where there is something to say. */
function remainsOf({ status }: ResultFrame, { undone, leftovers, skipped }: RunOutcome): string[] {
  const counts: readonly (readonly [number, string])[] = [
    [undone, 'rolled back'],
    [leftovers.length, 'left over'],
    [skipped, 'not tried'],
  ];
  return counts
    .filter(([count, what]) => count > 0 || (status === 'cancelled' && what === 'rolled back'))
    .map(([count, what]) => `${count} ${what}`);
}
