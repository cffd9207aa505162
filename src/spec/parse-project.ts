import type { Diagnostic } from '../model/diagnostic.ts';
import type { Testbed } from '../model/testbed.ts';
import { Locator } from './document.ts';
import { type Include, includesOf } from './include.ts';
import type { Environment } from './interpolate.ts';
import { mergeProjects, type ReadPart } from './merge-projects.ts';
import { folderOf } from './path-shape.ts';
import { includedShape, projectShape } from './project-shape.ts';
import { Reading } from './shape.ts';
import { nameFinding } from './shape-network.ts';
import { parseYaml } from './yaml.ts';

/** What is known about a project besides its text. */
export interface ProjectContext {
  /** The file's name as messages show it, from the project's folder. */
  readonly file: string;
  /** The deployment's name, which all names on hosts begin with. */
  readonly deployment: string;
  /** What `${NAME}` stands for. */
  readonly environment?: Environment;
  /** Texts of the files it includes, by their paths from the project's folder. */
  readonly included?: ReadonlyMap<string, string | undefined>;
}

/** Reads a project file. With an error among the diagnostics there is no testbed. */
export function parseProject(
  text: string,
  context: ProjectContext,
): { testbed?: Testbed; diagnostics: readonly Diagnostic[] } {
  const { deployment } = context;
  const diagnostics: Diagnostic[] = [];
  const files = new Files(context, diagnostics);
  const parts = files.read(text, context.file, {});
  const [first, ...others] = parts;
  const findings = (): Diagnostic[] => [...diagnostics, ...files.readings.flatMap((reading) => reading.diagnostics)];
  const isWrong = (): boolean => findings().some(({ severity }) => severity === 'error');
  const project = first && !isWrong() ? mergeProjects([first, ...others]) : undefined;
  if (!project || isWrong()) return { diagnostics: findings() };
  return { testbed: { name: deployment, ...project }, diagnostics: findings() };
}

class Files {
  /** In the order in which files are read. */
  readonly readings: Reading[] = [];
  readonly #context: ProjectContext;
  readonly #diagnostics: Diagnostic[];
  readonly #known = new Set<string>();

  constructor(context: ProjectContext, diagnostics: Diagnostic[]) {
    this.#context = context;
    this.#diagnostics = diagnostics;
  }

  /** A file's own part, then what it includes. */
  read(text: string, path: string, defaults: Reading['defaults']): ReadPart[] {
    const { environment = {}, file, deployment } = this.#context;
    const locator = new Locator(text, path);
    const { document, diagnostics } = parseYaml(locator, environment);
    if (!document) {
      this.#diagnostics.push(...diagnostics);
      return [];
    }
    const isMain = path === file;
    const reading = new Reading(locator, { folder: isMain ? '' : folderOf(path), defaults });
    this.readings.push(reading);
    this.#known.add(path);
    reading.diagnostics.push(...diagnostics);
    if (isMain) {
      const wrong = nameFinding(deployment);
      if (wrong) reading.report(document, { ...wrong, message: `the deployment’s name: ${wrong.message}` });
    }
    const shape = isMain ? projectShape : includedShape;
    const part = shape.read(document, reading, isMain ? 'the project file' : path);
    const included = includesOf(document, reading).flatMap((each) => this.#include(each, reading));
    return [...(part ? [{ part, reading }] : []), ...included];
  }

  #include({ path, node }: Include, reading: Reading): ReadPart[] {
    if (this.#known.has(path)) {
      reading.report(node, { code: 'include-twice', message: `\`${path}\` belongs to the project already` });
      return [];
    }
    const text = this.#context.included?.get(path);
    if (text !== undefined) return this.read(text, path, reading.defaults);
    reading.report(node, { code: 'include-missing', message: `there is no readable file \`${path}\`` });
    return [];
  }
}
