import { basename, resolve } from 'node:path';
import { exitCode } from '../../messages/exit-code.ts';
import type { Cli } from '../cli.ts';
import { formatOf } from '../globals.ts';
import { placeOf } from '../project-place.ts';
import { askServer } from '../session.ts';

/** `bundle`: everything somebody else needs to understand a run, in one file. */
export function addBundle({ program, world, globals, action }: Cli): void {
  program
    .command('bundle')
    .description('put everything about a run into one archive: plan, events, logs of hosts and guests; no secrets')
    .argument('[run]', 'DEPLOYMENT or DEPLOYMENT/RUN; the project of the working directory without it')
    .option('-o, --output <file>', 'where to put it (the working directory)')
    .action(
      action(async (given, { output }) => {
        const decided = globals();
        const format = formatOf(decided, ['text', 'json']);
        const run = given ?? placeOf(decided, world).deployment;
        const made = await askServer(world, 'bundle', { run });
        const path = resolve(world.cwd, output ?? basename(made.path));
        await world.copyFile(made.path, path);
        for (const { host, reason } of made.silent) world.stderr.write(`nothing from ${host}: ${reason}\n`);
        if (format === 'json') world.stdout.write(`${JSON.stringify({ ...made, path }, undefined, 2)}\n`);
        else world.stdout.write(`${path}\n`);
        return exitCode.done;
      }),
    );
}
