import type { Cli } from '../cli.ts';
import { runVerb } from '../verb-command.ts';

/** `pause`: pauses guests. */
export function addPause({ program, world, globals, action }: Cli): void {
  program
    .command('pause')
    .description('pause guests; they keep their memory')
    .argument('[guests...]', 'names and globs; all guests without any')
    .option('--detach', 'return at once and print the name of the run')
    .action(action((guests, options) => runVerb(world, globals(), 'pause', guests, options)));
}
