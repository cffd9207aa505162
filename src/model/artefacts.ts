/** Folder, in a project's folder, of every text that is generated from its file. */
export const artefactsFolder = 'artefacts';

/** Generated texts that are used as found when the user has edited them. */
export const editableNames = ['domain.xml', 'user-data', 'network-config'] as const;

/** A generated text as the user edited it. */
export interface EditedText {
  readonly sha256: string;
  readonly text: string;
}

/** Names of the generated files that are no guest's. */
const commonNames = ['plan.txt', 'network.txt', 'links.txt', 'manifest.json'] as const;

/** Folder of a guest's texts. Names may have dots, but no `~`: a guest called like a file beside it is kept apart. */
export function guestFolder(guest: string): string {
  return commonNames.some((name) => name === guest) ? `${guest}~` : guest;
}

/** The guest whose folder this is. */
export function guestOfFolder(folder: string): string {
  return folder.replace(/~$/, '');
}

/** Path of a guest's generated text, from the project's folder. */
export function artefactPath(guest: string, name: string): string {
  return `${artefactsFolder}/${guestFolder(guest)}/${name}`;
}
