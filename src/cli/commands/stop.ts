import type { Cli } from '../cli.ts';
import { runVerb } from '../verb-command.ts';

/** `stop`: power guests off: they are asked first, and powered off after a while. */
export function addStop({ program, world, globals, action }: Cli): void {
  program
    .command('stop')
    .description('power guests off: they are asked first, and powered off after a while')
    .argument('[guests...]', 'names and globs; all guests without any')
    .option('-t, --timeout <seconds>', 'how long a guest may take to power itself off (15)')
    .option('-f, --force', 'power off at once')
    .option('--detach', 'return at once and print the name of the run')
    .action(action((guests, options) => runVerb(world, globals(), 'stop', guests, options)));
}
