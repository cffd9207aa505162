import type { ShownRun } from '../../api/answers/run.ts';
import type { RunOutcome } from '../../api/answers/outcome.ts';
import { countsText } from '../../model/plan-counts.ts';
import { duration } from './duration.ts';
import { renderFailure } from './failure.ts';
import { table } from './table.ts';

/** How a run went, for people. */
export function renderRun(run: ShownRun, now: number, color: boolean): string {
  const { deployment, command, by, status, startedAt, endedAt, end, failures, stages } = run;
  const took = duration((endedAt === undefined ? now : Date.parse(endedAt)) - Date.parse(startedAt));
  const outcome = end?.outcome;
  const why = outcome?.reason === undefined ? '' : ` (${outcome.reason})`;
  const rows = stages.map(({ stage, verb, milliseconds }) => [
    verb === 'undo' ? `roll back ${stage}` : stage,
    duration(milliseconds),
  ]);
  return [
    `${command} of ${deployment} by ${by}: ${status}${why}\n`,
    `started ${startedAt.replace(/\.\d+Z$/, 'Z')}, took ${took}\n`,
    outcome === undefined ? '' : countsOf(outcome),
    rows.length > 0 ? `\n${table(['STAGE', 'TOOK'], rows)}` : '',
    failures.length > 0 ? '\n' : '',
    ...failures.map(({ item, failure }) =>
      renderFailure(failure, color, item === '' || item === 'prepare' ? undefined : item),
    ),
    ...(outcome?.leftovers ?? []).map(({ item, why: reason }) => `left over: ${item}: ${reason}\n`),
  ].join('');
}

function countsOf({ summary, skipped, undone, leftovers }: RunOutcome): string {
  const parts = [
    `planned ${countsText(summary)}`,
    ...(skipped > 0 ? [`${skipped} not tried`] : []),
    ...(undone > 0 ? [`${undone} rolled back`] : []),
    ...(leftovers.length > 0 ? [`${leftovers.length} left over`] : []),
  ];
  return `${parts.join('; ')}\n`;
}
