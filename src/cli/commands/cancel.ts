import { exitCode } from '../../messages/exit-code.ts';
import type { Cli } from '../cli.ts';
import { placeOf } from '../project-place.ts';
import { askServer } from '../session.ts';

/** `cancel`: asks the deployment's run to stop and to roll back what it made. */
export function addCancel({ program, world, globals, action }: Cli): void {
  program
    .command('cancel')
    .description('ask the run of the deployment to stop and to roll back what it made')
    .argument('[run]', 'DEPLOYMENT or DEPLOYMENT/RUN; the project of the working directory without it')
    .option('--reason <text>', 'for those who look later', 'asked to')
    .action(
      action(async (given, { reason }) => {
        const run = given ?? placeOf(globals(), world).deployment;
        await askServer(world, 'cancel', { run, by: world.user, reason });
        world.stderr.write(`asked ${run} to stop; watch it with kvm-compose attach ${run}\n`);
        return exitCode.done;
      }),
    );
}
