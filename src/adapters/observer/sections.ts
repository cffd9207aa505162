/** A host's answers, taken apart. */
export interface Sections {
  /** Lines of a section; none when it was not answered. */
  lines(name: string): readonly string[];
  text(name: string): string;
  /** Parts the host could not answer. */
  readonly failed: readonly string[];
  /** False: the answers stop in the middle. */
  readonly whole: boolean;
}

/** Splits what the script printed at its own marker lines. */
export function parseSections(text: string, token: string): Sections {
  const marker = `##${token} `;
  const sections = new Map<string, string[]>();
  const failed: string[] = [];
  let current: string[] = [];
  for (const line of text.split('\n')) {
    if (!line.startsWith(marker)) {
      current.push(line);
      continue;
    }
    const name = line.slice(marker.length);
    if (name.startsWith('failed ')) {
      failed.push(name.slice('failed '.length));
      continue;
    }
    current = [];
    sections.set(name, current);
  }
  const lines = (name: string): string[] => (sections.get(name) ?? []).filter((line) => line !== '');
  return { lines, text: (name) => (sections.get(name) ?? []).join('\n'), failed, whole: sections.has('end') };
}
