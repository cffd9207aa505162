import type { Diagnostic } from '../model/diagnostic.ts';
import type { Testbed } from '../model/testbed.ts';
import { Locator } from './document.ts';
import type { Environment } from './interpolate.ts';
import { projectShape } from './project-shape.ts';
import { Reading } from './shape.ts';
import { nameFinding } from './shape-network.ts';
import { parseYaml } from './yaml.ts';

/** What is known about a project besides its text. */
export interface ProjectContext {
  /** The file's name as messages show it. */
  readonly file: string;
  /** The deployment's name, which all names on hosts begin with. */
  readonly deployment: string;
  /** What `${NAME}` stands for. */
  readonly environment?: Environment;
}

/** Reads a project file. With an error among the diagnostics there is no testbed. */
export function parseProject(
  text: string,
  { file, deployment, environment = {} }: ProjectContext,
): { testbed?: Testbed; diagnostics: readonly Diagnostic[] } {
  const locator = new Locator(text, file);
  const { document, diagnostics } = parseYaml(locator, environment);
  if (!document) return { diagnostics };
  const reading = new Reading(locator);
  reading.diagnostics.push(...diagnostics);
  const wrongName = nameFinding(deployment);
  if (wrongName) reading.report(document, { ...wrongName, message: `the deployment’s name: ${wrongName.message}` });
  const project = projectShape.read(document, reading, 'the project file');
  const found = reading.diagnostics;
  if (!project || found.some(({ severity }) => severity === 'error')) return { diagnostics: found };
  return { testbed: { name: deployment, ...project }, diagnostics: found };
}
