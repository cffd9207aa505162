import type { Answers } from '../../api/operations.ts';
import { exitCode } from '../../messages/exit-code.ts';
import type { Cli } from '../cli.ts';
import { formatOf } from '../globals.ts';
import { placeOf } from '../project-place.ts';
import { duration } from '../render/duration.ts';
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
        const listed = await askServer(world, 'runs', about);
        if (format === 'json') world.stdout.write(`${JSON.stringify(listed, undefined, 2)}\n`);
        else world.stdout.write(await tableOf(listed, world.now()));
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
        const shown = await askServer(world, 'show', { run });
        if (format === 'json') world.stdout.write(`${JSON.stringify(shown, undefined, 2)}\n`);
        else
          world.stdout.write(
            (await import('../render/run.ts')).renderRun(shown, world.now(), decided.color && world.stdout.isTTY),
          );
        return exitCode.done;
      }),
    );
}

/** What measures texts takes as long to load as everything else, so it is loaded where there is something to measure. */
async function tableOf(listed: Answers['runs'], now: number): Promise<string> {
  const { table } = await import('../render/table.ts');
  return table(
    ['RUN', 'COMMAND', 'STATUS', 'STARTED', 'TOOK', 'BY'],
    listed.map((run) => row(run, now)),
  );
}

function row(
  { deployment, run, command, by, status, startedAt, endedAt, asks }: Answers['runs'][number],
  now: number,
): string[] {
  const took = duration((endedAt === undefined ? now : Date.parse(endedAt)) - Date.parse(startedAt));
  return [
    `${deployment}/${run}`,
    command,
    asks.length > 0 ? 'asking' : status,
    startedAt.replace(/\.\d+Z$/, 'Z'),
    took,
    by,
  ];
}
