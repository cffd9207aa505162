import { exitCode } from '../../messages/exit-code.ts';
import type { Cli } from '../cli.ts';

/** `schema`: the JSON schema of project files, for editors. */
export function addSchema({ program, world, action }: Cli): void {
  program
    .command('schema')
    .description('print the JSON schema of project files, for editors')
    .action(
      action(async () => {
        const { projectSchema } = await import('../../spec/project-shape.ts');
        world.stdout.write(`${JSON.stringify(projectSchema, undefined, 2)}\n`);
        return exitCode.done;
      }),
    );
}
