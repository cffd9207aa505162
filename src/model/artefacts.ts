/** Folder, in a project's folder, of every text that is generated from its file. */
export const artefactsFolder = 'artefacts';

/** Generated texts that are used as found when the user has edited them. */
export const editableNames = ['domain.xml', 'user-data', 'network-config'] as const;

/** A generated text as the user edited it. */
export interface EditedText {
  readonly sha256: string;
  readonly text: string;
}

/** Path of a guest's generated text, from the project's folder. */
export function artefactPath(guest: string, name: string): string {
  return `${artefactsFolder}/${guest}/${name}`;
}
