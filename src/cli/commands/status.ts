import { exitCode } from '../../messages/exit-code.ts';
import type { Cli } from '../cli.ts';
import { formatOf } from '../globals.ts';
import { readStatus } from '../guest-status.ts';
import { placeOf } from '../project-place.ts';

/** `status`: what the guests are doing, as the hosts tell it now. */
export function addStatus({ program, world, globals, action }: Cli): void {
  program
    .command('status')
    .description('show guests, hosts, addresses and readiness')
    .action(
      action(async () => {
        const format = formatOf(globals(), ['table', 'json']);
        const status = await readStatus(world, placeOf(globals(), world));
        if (format === 'json') world.stdout.write(`${JSON.stringify(status, undefined, 2)}\n`);
        else world.stdout.write((await import('../render/status.ts')).renderStatus(status));
        return exitCode.done;
      }),
    );
}
