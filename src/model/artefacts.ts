/** Folder, in a project's folder, of every text that is generated from its file. */
export const artefactsFolder = 'artefacts';

/** Generated texts that are used as found when the user has edited them. */
export const editableNames = ['domain.xml', 'user-data', 'network-config'] as const;

/** A generated text as the user edited it. */
export interface EditedText {
  readonly sha256: string;
  readonly text: string;
}

/** A readable text of one resource. Texts of one path stand in one file. */
export interface ArtefactText {
  /** Path inside the artefacts folder. */
  readonly path: string;
  /** Names for ids that other texts of that file may hold. */
  readonly names?: readonly (readonly [id: string, name: string])[];
  /** `named` gives the name of an id, and back what is none. */
  text(named: (id: string) => string): string;
}

/** Files that hold texts of many resources, there even when none has anything to say; and what stands between two texts. */
export const sharedTexts = [
  { path: 'network.txt', between: '\n' },
  { path: 'links.txt', between: '' },
] as const;

/** The path of such a file. */
export type SharedTextPath = (typeof sharedTexts)[number]['path'];

/** Names of the generated files that are no guest's. */
const commonNames: readonly string[] = ['plan.txt', ...sharedTexts.map(({ path }) => path), 'manifest.json'];

/** Folder of a guest's texts. Names may have dots, but no `~`: a guest called like a file beside it is kept apart. */
export function guestFolder(guest: string): string {
  return commonNames.includes(guest) ? `${guest}~` : guest;
}

/** The guest whose folder this is. */
export function guestOfFolder(folder: string): string {
  return folder.replace(/~$/, '');
}

/** Path of a guest's generated text, from the project's folder. */
export function artefactPath(guest: string, name: string): string {
  return `${artefactsFolder}/${guestFolder(guest)}/${name}`;
}
