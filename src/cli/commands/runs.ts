import { exitCode } from '../../messages/exit-code.ts';
import type { Cli } from '../cli.ts';
import { formatOf } from '../globals.ts';
import { duration } from '../render/duration.ts';
import { table } from '../render/table.ts';
import { askServer } from '../session.ts';

/** The part of a run that is listed. */
interface ListedRun {
  readonly deployment: string;
  readonly run: string;
  readonly command: string;
  readonly by: string;
  readonly status: string;
  readonly startedAt: string;
  readonly endedAt?: string;
  readonly asks?: readonly unknown[];
}

/** `runs`: what has been done and is being done, newest first. */
export function addRuns({ program, world, globals, action }: Cli): void {
  program
    .command('runs')
    .description('list runs, newest first')
    .argument('[deployment]', 'only of this deployment')
    .action(
      action(async (deployment) => {
        const format = formatOf(globals(), ['table', 'json']);
        const about = deployment === undefined ? {} : { deployment };
        const runs = (await askServer(world, { type: 'list', what: 'runs', ...about })) as readonly ListedRun[];
        if (format === 'json') world.stdout.write(`${JSON.stringify(runs, undefined, 2)}\n`);
        else
          world.stdout.write(
            table(
              ['RUN', 'COMMAND', 'STATUS', 'STARTED', 'TOOK', 'BY'],
              runs.map((run) => row(run, world.now())),
            ),
          );
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
