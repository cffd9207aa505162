import type { GenerateReport } from '../api/answers/artefacts.ts';
import { artefactTexts } from '../planner/artefact-texts.ts';
import { kindOf } from '../resources/registry.ts';
import { editedTexts, writeArtefacts } from '../state/artefact-folder.ts';
import { folderFiles, writeState } from '../state/project-folder.ts';
import { stateFileName } from '../state/state-file.ts';
import { checkProject } from './check-project.ts';
import type { ProjectPlace } from './project-place.ts';
import { reportFindings } from './report-findings.ts';
import type { CliWorld } from './world.ts';

/**
 * Generates with no host asked: what only hosts and images tell is assumed. Undefined when the file is wrong, which has
 * been said.
 */
export async function generateOffline(
  world: CliWorld,
  place: ProjectPlace,
  { strict, force }: { readonly strict: boolean; readonly force: boolean },
): Promise<GenerateReport | undefined> {
  const findings = await checkProject(world, place, { images: true, contents: true, edited: new Map() });
  const { compiled, inventory } = findings;
  const wrong = reportFindings(world, findings, { format: 'text', strict, preflight: false });
  if (wrong || !compiled || !inventory) return undefined;
  const { deployment, folder } = place;
  const files = folderFiles(await world.projectFiles(), folder);
  const texts = artefactTexts({ deployment, inventory, desired: compiled.desired, kindOf });
  const report = await writeArtefacts(files, deployment, texts, { force });
  const edited = await editedTexts(files.read, deployment);
  const { compiled: whole } = await checkProject(world, place, { images: true, contents: true, edited });
  const { placement, desired } = whole ?? compiled;
  await writeState(files, { deployment, placement, resources: desired });
  return { ...report, state: stateFileName(deployment) };
}
