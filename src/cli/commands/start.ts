import type { Cli } from '../cli.ts';
import { runVerb } from '../verb-command.ts';

/** `start`: powers guests on. */
export function addStart({ program, world, globals, action }: Cli): void {
  program
    .command('start')
    .description('power guests on')
    .argument('[guests...]', 'names and globs; all guests without any')
    .option('--detach', 'return at once and print the name of the run')
    .action(action((guests, options) => runVerb(world, globals(), 'start', guests, options)));
}
