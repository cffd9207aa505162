import type { Cli } from '../cli.ts';
import { runVerb } from '../verb-command.ts';

/** `rerun`: runs scripts of a guest again. */
export function addRerun({ program, world, globals, action }: Cli): void {
  program
    .command('rerun')
    .description('run a script of a guest again, or all of them')
    .argument('<guest>', 'name or glob')
    .argument('[script]', 'file name of the script, as the project file has it')
    .option('--detach', 'return at once and print the name of the run')
    .action(action((guest, script, { detach }) => runVerb(world, globals(), 'rerun', [guest], { script, detach })));
}
