import type { GenerateReport } from '../api/answers/artefacts.ts';
import { artefactTexts } from '../planner/artefact-texts.ts';
import { kindOf } from '../resources/registry.ts';
import { editedTexts, writeArtefacts } from '../state/artefact-folder.ts';
import { folderFiles, writeState } from '../state/project-folder.ts';
import { stateFileName } from '../state/state-file.ts';
import type { ReadInput } from '../workflows/contract.ts';
import type { ActivityPorts } from './activity-ports.ts';
import { targetFrom, compileInputOf } from './target.ts';

/** Writes every generated text into the project's folder, and the state as `up` would have it; touches no host. */
export async function generateArtefacts(
  ports: ActivityPorts,
  input: ReadInput,
  signal: AbortSignal,
): Promise<GenerateReport> {
  const { deployment, folder, options } = input;
  const ground = await compileInputOf(ports, input, signal);
  const { inventory, desired } = targetFrom({ ...ground, facts: { ...ground.facts, edited: new Map() } });
  const files = folderFiles(ports.files, folder);
  const texts = artefactTexts({ deployment, inventory, desired, kindOf });
  const report = await writeArtefacts(files, deployment, texts, { force: options.force === true });
  const edited = await editedTexts(files.read, deployment);
  const target = targetFrom({ ...ground, facts: { ...ground.facts, edited } });
  await writeState(files, { deployment, placement: target.placement, resources: target.desired });
  return { ...report, state: stateFileName(deployment) };
}
