import type { Cli } from '../cli.ts';
import { placeOf } from '../project-place.ts';
import { runToEnd, startDetached } from '../run-command.ts';

/** `down`: removes everything the deployment has on the hosts. */
export function addDown({ program, world, globals, action }: Cli): void {
  program
    .command('down')
    .description('remove everything the deployment has on the hosts')
    .option('--skip-unreachable', 'remove what can be reached; the rest stays known and is left for the next down')
    .option('--detach', 'return at once and print the name of the run')
    .action(
      action(async ({ detach, skipUnreachable }) => {
        const place = placeOf(globals(), world);
        const start = {
          operation: 'down',
          id: world.newId(),
          asked: { ...place, options: skipUnreachable ? { skipUnreachable } : {}, follow: detach !== true },
        } as const;
        return detach ? startDetached(world, start) : runToEnd(world, globals(), start, 'down');
      }),
    );
}
