import type { Cli } from '../cli.ts';
import { runVerb } from '../verb-command.ts';

/** `restart`: power guests off, as stop does, and on again. */
export function addRestart({ program, world, globals, action }: Cli): void {
  program
    .command('restart')
    .description('power guests off, as stop does, and on again')
    .argument('[guests...]', 'names and globs; all guests without any')
    .option('-t, --timeout <seconds>', 'how long a guest may take to power itself off (15)')
    .option('-f, --force', 'power off at once')
    .option('--detach', 'return at once and print the name of the run')
    .action(action((guests, options) => runVerb(world, globals(), 'restart', guests, options)));
}
