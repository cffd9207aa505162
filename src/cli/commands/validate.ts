import { exitCode } from '../../messages/exit-code.ts';
import type { Cli } from '../cli.ts';
import { formatOf } from '../globals.ts';
import { placeOf } from '../project-place.ts';

/** `validate`: says everything that is wrong with the file, with positions; needs no server and no host. */
export function addValidate({ program, world, globals, action }: Cli): void {
  program
    .command('validate')
    .description('check the project file; asks no host')
    .option('--strict', 'treat warnings as errors')
    .action(
      action(async ({ strict }) => {
        const decided = globals();
        const format = formatOf(decided, ['text', 'json', 'sarif']);
        const place = placeOf(decided, world);
        const { checkProject } = await import('../check-project.ts');
        const { reportFindings } = await import('../report-findings.ts');
        const findings = await checkProject(world, place, { images: true });
        if (reportFindings(world, findings, { format, strict: strict === true, preflight: false }))
          return exitCode.usage;
        if (format === 'text') world.stderr.write(`${place.file} is valid\n`);
        return exitCode.done;
      }),
    );
}
