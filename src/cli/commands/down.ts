import { exitCode } from '../../messages/exit-code.ts';
import type { Cli } from '../cli.ts';
import { agreed } from '../confirm.ts';
import { placeOf } from '../project-place.ts';
import { runToEnd, startDetached } from '../run-command.ts';

/** `down`: removes what the deployment has on the hosts, but its disks; with `--purge` those too. */
export function addDown({ program, world, globals, action }: Cli): void {
  program
    .command('down')
    .description('remove what the deployment has on the hosts; disks are kept for the next up')
    .argument('[guests...]', 'only these, by names and globs')
    .option('--purge', 'remove disks too, and with the last of them everything that is known of the deployment')
    .option('-y, --yes', 'do not ask')
    .option('--skip-unreachable', 'remove what can be reached; the rest stays known and is left for the next down')
    .option('--detach', 'return at once and print the name of the run')
    .action(
      action(async (guests, { detach, skipUnreachable, purge, yes }) => {
        const place = placeOf(globals(), world);
        const whose = guests.length === 0 ? place.deployment : guests.join(', ');
        const question = `remove the disks of ${whose} too? What is on them is lost.`;
        if (purge && !(await agreed(world, yes, question))) return exitCode.done;
        const start = {
          operation: 'down',
          id: world.newId(),
          asked: {
            ...place,
            ...(guests.length === 0 ? {} : { guests }),
            options: { ...(skipUnreachable ? { skipUnreachable } : {}), ...(purge ? { purge } : {}) },
            follow: detach !== true,
          },
        } as const;
        return detach ? startDetached(world, start) : runToEnd(world, globals(), start, 'down');
      }),
    );
}
