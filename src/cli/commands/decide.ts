import { Argument } from '@commander-js/extra-typings';
import { exitCode } from '../../messages/exit-code.ts';
import type { Cli } from '../cli.ts';
import { askServer } from '../session.ts';

/** `decide`: answers a run that asks what to do about failed work, from any terminal. */
export function addDecide({ program, world, action }: Cli): void {
  program
    .command('decide')
    .description('answer what a run with --on-failure ask asks')
    .argument('<run>', 'DEPLOYMENT or DEPLOYMENT/RUN')
    .addArgument(new Argument('<choice>', 'what to do').choices(['retry', 'skip', 'stop'] as const))
    .option('--batch <batch>', 'only this one; everything that is asked without it')
    .action(
      action(async (run, choice, { batch }) => {
        const about = batch === undefined ? {} : { batch };
        const { decided } = await askServer(world, 'decide', { run, choice, by: world.user, ...about });
        world.stderr.write(`${choice}: ${decided.join(', ')}; watch it with kvm-compose attach ${run}\n`);
        return exitCode.done;
      }),
    );
}
