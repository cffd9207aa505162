import type { Node } from './document.ts';
import { Locator } from './document.ts';
import type { Environment } from './interpolate.ts';
import { folderOf, pathFrom } from './path-shape.ts';
import type { Reading } from './shape.ts';
import { about } from './shape.ts';
import { list } from './shape-collections.ts';
import { text } from './shape-scalars.ts';
import { parseYaml } from './yaml.ts';

/** `include` of a file. */
export const includeShape = about('other files whose machines and networks belong to this project too', list(text));

/** One file another includes. */
export interface Include {
  /** From the project's folder. */
  readonly path: string;
  /** The value that names it. */
  readonly node: Node;
}

/** What a document includes, in its order; what is wrong with the list is for its shape to say. */
export function includesOf(document: Node, { folder }: Pick<Reading, 'folder'>): Include[] {
  if (document.type !== 'map') return [];
  const given = document.entries.find(({ key }) => key === 'include')?.value;
  if (given?.type !== 'list') return [];
  return given.items.flatMap((node) =>
    node.type === 'scalar' && node.text !== '' ? [{ path: pathFrom(folder || '.', node.text), node }] : [],
  );
}

/** Reads every file a project includes, and theirs; a file that cannot be read is there with undefined. */
export async function gatherIncluded(
  source: string,
  file: string,
  environment: Environment,
  read: (path: string) => Promise<string | undefined>,
): Promise<ReadonlyMap<string, string | undefined>> {
  const texts = new Map<string, string | undefined>();
  const look = async (content: string, path: string): Promise<void> => {
    // Most files include nothing, and parsing takes longer than looking.
    if (!/\binclude\b/.test(content)) return;
    const { document } = parseYaml(new Locator(content, path), environment);
    if (!document) return;
    for (const each of includesOf(document, { folder: folderOf(path) })) {
      if (texts.has(each.path) || each.path === file) continue;
      const found = await read(each.path);
      texts.set(each.path, found);
      if (found !== undefined) await look(found, each.path);
    }
  };
  await look(source, file);
  return texts;
}
