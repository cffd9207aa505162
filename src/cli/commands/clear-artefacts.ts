import { exitCode } from '../../messages/exit-code.ts';
import { clearArtefacts } from '../../state/artefact-folder.ts';
import { folderFiles } from '../../state/project-folder.ts';
import type { Cli } from '../cli.ts';
import { formatOf } from '../globals.ts';
import { placeOf } from '../project-place.ts';
import { renderFolderReport } from '../render/folder-report.ts';

/** `clear-artefacts`: removes what `generate-artefacts` wrote, by its manifest. */
export function addClearArtefacts({ program, world, globals, action }: Cli): void {
  program
    .command('clear-artefacts')
    .description('remove generated texts from the folder artefacts; what was edited or is not ours stays')
    .option('--force', 'remove what was edited, too')
    .action(
      action(async ({ force = false }) => {
        const decided = globals();
        const format = formatOf(decided, ['text', 'json']);
        const { folder } = placeOf(decided, world);
        const report = await clearArtefacts(folderFiles(await world.projectFiles(), folder), { force });
        const text = format === 'json' ? `${JSON.stringify(report, undefined, 2)}\n` : renderFolderReport(report);
        world.stdout.write(text);
        return exitCode.done;
      }),
    );
}
