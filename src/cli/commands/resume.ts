import type { Cli } from '../cli.ts';
import { runVerb } from '../verb-command.ts';

/** `resume`: lets paused guests go on. */
export function addResume({ program, world, globals, action }: Cli): void {
  program
    .command('resume')
    .description('let paused guests go on')
    .argument('[guests...]', 'names and globs; all guests without any')
    .option('--detach', 'return at once and print the name of the run')
    .action(action((guests, options) => runVerb(world, globals(), 'resume', guests, options)));
}
