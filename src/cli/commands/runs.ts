import { exitCode } from '../../messages/exit-code.ts';
import type { Cli } from '../cli.ts';
import { formatOf } from '../globals.ts';
import { placeOf } from '../project-place.ts';
import { duration } from '../render/duration.ts';
import { type ListedRun, renderRun, type ShownRun } from '../render/run.ts';
import { table } from '../render/table.ts';
import { askServer } from '../session.ts';

/** `runs list` and `runs show`: what has been done and is being done, and how one run went. */
export function addRuns({ program, world, globals, action }: Cli): void {
  const runs = program.command('runs').description('list runs, or show how one went');
  runs
    .command('list', { isDefault: true })
    .description('list runs, newest first')
    .argument('[deployment]', 'only of this deployment')
    .action(
      action(async (deployment) => {
        const format = formatOf(globals(), ['table', 'json']);
        const about = deployment === undefined ? {} : { deployment };
        const listed = (await askServer(world, { type: 'list', what: 'runs', ...about })) as readonly ListedRun[];
        if (format === 'json') world.stdout.write(`${JSON.stringify(listed, undefined, 2)}\n`);
        else
          world.stdout.write(
            table(
              ['RUN', 'COMMAND', 'STATUS', 'STARTED', 'TOOK', 'BY'],
              listed.map((run) => row(run, world.now())),
            ),
          );
        return exitCode.done;
      }),
    );
  runs
    .command('show')
    .description('show how a run ended: failures, what is left over, how long each stage took')
    .argument('[run]', 'DEPLOYMENT or DEPLOYMENT/RUN; the project of the working directory without it')
    .action(
      action(async (given) => {
        const decided = globals();
        const format = formatOf(decided, ['text', 'json']);
        const run = given ?? placeOf(decided, world).deployment;
        const shown = (await askServer(world, { type: 'show', run })) as ShownRun;
        if (format === 'json') world.stdout.write(`${JSON.stringify(shown, undefined, 2)}\n`);
        else world.stdout.write(renderRun(shown, world.now(), decided.color && world.stdout.isTTY));
        return exitCode.done;
      }),
    );
}

function row({ deployment, run, command, by, status, startedAt, endedAt, asks }: ListedRun, now: number): string[] {
  const took = duration((endedAt === undefined ? now : Date.parse(endedAt)) - Date.parse(startedAt));
  return [
    `${deployment}/${run}`,
    command,
    asks?.length ? 'asking' : status,
    startedAt.replace(/\.\d+Z$/, 'Z'),
    took,
    by,
  ];
}
