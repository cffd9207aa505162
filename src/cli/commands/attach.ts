import type { Cli } from '../cli.ts';
import { placeOf } from '../project-place.ts';
import { runToEnd } from '../run-command.ts';
import { usage } from '../usage.ts';

/** `attach`: shows a run from any terminal, from its beginning or from a number on. */
export function addAttach({ program, world, globals, action }: Cli): void {
  program
    .command('attach')
    .description('watch a run, also one that has ended')
    .argument('[run]', 'DEPLOYMENT or DEPLOYMENT/RUN; the project of the working directory without it')
    .option('--since <number>', 'leave out events up to this one', '0')
    .action(
      action(async (given, options) => {
        const since = Number(options.since);
        if (!Number.isInteger(since) || since < 0) throw usage(`--since ${options.since}: it must be a whole number`);
        const run = given ?? placeOf(globals(), world).deployment;
        return runToEnd(
          world,
          globals(),
          { operation: 'attach', id: world.newId(), asked: { run, since } },
          `run of ${run}`,
        );
      }),
    );
}
