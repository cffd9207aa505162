import { exitCode } from '../../messages/exit-code.ts';
import type { Cli } from '../cli.ts';
import { formatOf } from '../globals.ts';
import { placeOf } from '../project-place.ts';

/** `graph`: a picture of the laboratory, from the file alone. */
export function addGraph({ program, world, globals, action }: Cli): void {
  program
    .command('graph')
    .description('draw the laboratory: --format svg, mermaid, dot or json; asks no host')
    .action(
      action(async () => {
        const decided = globals();
        const format = formatOf(decided, ['svg', 'mermaid', 'dot', 'json']);
        const { graphOf } = await import('../graph.ts');
        const picture = await graphOf(world, placeOf(decided, world), format);
        if (picture === undefined) return exitCode.usage;
        world.stdout.write(picture);
        return exitCode.done;
      }),
    );
}
