import type { EditedText } from '../model/artefacts.ts';
import { failureOf } from '../model/failure.ts';
import { editedTexts, type FolderFiles } from './artefact-folder.ts';
import { decodeState, encodeState, type State, stateFileName } from './state-file.ts';

/** Files by absolute path, as they are handed in; reading what is not there throws Failure `file-missing`. */
interface TextFiles {
  readText(path: string): Promise<string>;
  writeText(path: string, text: string): Promise<void>;
  remove(path: string): Promise<void>;
}

/** The files of a project, by path from its folder. */
export function folderFiles(files: TextFiles, folder: string): FolderFiles {
  const at = (path: string): string => `${folder}/${path}`;
  return {
    read: async (path) => {
      try {
        return await files.readText(at(path));
      } catch (error) {
        if (failureOf(error).code === 'file-missing') return undefined;
        throw error;
      }
    },
    write: (path, text) => files.writeText(at(path), text),
    remove: (path) => files.remove(at(path)),
  };
}

/** What a project's folder tells besides its file: where guests were placed, and what the user edited. */
export interface ProjectState {
  readonly placement: Readonly<Record<string, string>>;
  readonly edited: ReadonlyMap<string, EditedText>;
}

/** Reads the state file and the edited artefacts. Throws Failure `file-unreadable`, `artefact-invalid`. */
export async function readProjectState({ read }: Pick<FolderFiles, 'read'>, deployment: string): Promise<ProjectState> {
  const name = stateFileName(deployment);
  const [text, edited] = await Promise.all([read(name), editedTexts(read, deployment)]);
  return { placement: text === undefined ? {} : decodeState(text, name).placement, edited };
}

/** Writes the state file, unless it says the same already. */
export async function writeState({ read, write }: FolderFiles, state: State): Promise<void> {
  const name = stateFileName(state.deployment);
  const text = encodeState(state);
  if ((await read(name)) !== text) await write(name, text);
}
