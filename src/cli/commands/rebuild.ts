import { exitCode } from '../../messages/exit-code.ts';
import type { Cli } from '../cli.ts';
import { agreed } from '../confirm.ts';
import { runVerb } from '../verb-command.ts';

/** `rebuild`: makes guests anew from their images. What they wrote on their disks is lost, so it asks. */
export function addRebuild({ program, world, globals, action }: Cli): void {
  program
    .command('rebuild')
    .description('make guests anew from their images; what they wrote on their disks is lost')
    .argument('<guests...>', 'names and globs')
    .option('-y, --yes', 'do not ask')
    .option('--detach', 'return at once and print the name of the run')
    .action(
      action(async (guests, { yes, detach }) => {
        const question = `rebuild ${guests.join(', ')}? What they wrote on their disks is lost.`;
        if (!(await agreed(world, yes, question))) return exitCode.done;
        return runVerb(world, globals(), 'rebuild', guests, { detach, lose: true });
      }),
    );
}
