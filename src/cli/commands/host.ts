import { exitCode } from '../../messages/exit-code.ts';
import type { Cli } from '../cli.ts';
import { agreed } from '../confirm.ts';
import { placeOf } from '../project-place.ts';
import { runToEnd } from '../run-command.ts';

/** `host forget`: what a deployment does when a machine never comes back. */
export function addHost({ program, world, globals, action }: Cli): void {
  const host = program.command('host').description('the hosts of a deployment');
  host
    .command('forget')
    .description('forget a host that never comes back, with all the deployment had there; refused while it answers')
    .argument('<name>', 'the host, as the hosts file named it')
    .option('-y, --yes', 'do not ask')
    .action(
      action(async (name, { yes }) => {
        const place = placeOf(globals(), world);
        const question = `forget what ${place.deployment} had on ${name}? Its guests are made anew by the next up.`;
        if (!(await agreed(world, yes, question))) return exitCode.done;
        const start = {
          operation: 'forget',
          id: world.newId(),
          asked: { ...place, options: { host: name }, follow: true },
        } as const;
        return runToEnd(world, globals(), start, `host forget ${name}`);
      }),
    );
}
