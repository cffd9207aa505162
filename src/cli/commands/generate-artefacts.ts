import { exitCode } from '../../messages/exit-code.ts';
import type { GenerateReport } from '../../api/answers/artefacts.ts';
import type { Cli } from '../cli.ts';
import { formatOf } from '../globals.ts';
import { placeOf, type ProjectPlace } from '../project-place.ts';
import { renderFolderReport } from '../render/folder-report.ts';
import { askServer } from '../session.ts';
import type { CliWorld } from '../world.ts';

/** `generate-artefacts`: writes the state and every generated text into the project's folder. */
export function addGenerateArtefacts({ program, world, globals, action }: Cli): void {
  program
    .command('generate-artefacts')
    .description('write the state and every generated text into the folder artefacts, to look at and to edit')
    .option('--offline', 'ask no host and no server: what only they know is assumed')
    .option('--force', 'overwrite what was edited, too')
    .option('--strict', 'treat warnings about the file as errors')
    .action(
      action(async ({ offline, force = false, strict = false }) => {
        const decided = globals();
        const format = formatOf(decided, ['text', 'json']);
        const place = placeOf(decided, world);
        const report = offline
          ? await (await import('../generate-offline.ts')).generateOffline(world, place, { strict, force })
          : await generateOnline(world, place, { strict, force });
        if (report === undefined) return exitCode.usage;
        world.stdout.write(
          format === 'json'
            ? `${JSON.stringify(report, undefined, 2)}\n`
            : renderFolderReport(report, `the state is in ${report.state}`),
        );
        return exitCode.done;
      }),
    );
}

async function generateOnline(
  world: CliWorld,
  place: ProjectPlace,
  { strict, force }: { readonly strict: boolean; readonly force: boolean },
): Promise<GenerateReport | undefined> {
  const { checkBefore } = await import('../check-project.ts');
  if (await checkBefore(world, place, { strict })) return undefined;
  const { withVariables } = await import('../project-text.ts');
  const asked = await withVariables(world, place);
  const options = { ...(strict ? { strict } : {}), ...(force ? { force } : {}) };
  return askServer(world, 'artefacts', { ...asked, options });
}
