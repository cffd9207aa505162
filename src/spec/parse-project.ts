import type { Diagnostic } from '../model/diagnostic.ts';
import type { Testbed } from '../model/testbed.ts';
import { Locator } from './document.ts';
import { machineShape } from './machine-shape.ts';
import { ovnShape } from './network-shape.ts';
import { Reading } from './shape.ts';
import { choice } from './shape-scalars.ts';
import { list, optional, record, required, standing } from './shape-collections.ts';
import { nameFinding } from './shape-network.ts';
import { parseYaml } from './yaml.ts';

const projectShape = record({
  machines: standing(list(machineShape), () => []),
  network: required(record({ ovn: required(ovnShape) })),
  testbed_options: optional(record({ load_balancing: required(choice(['NaiveRoundRobin'])) })),
  tooling: optional({ json: true as never, read: () => ({}) }),
});

/** What is known about a project besides its text. */
export interface ProjectContext {
  /** The file's name as messages show it. */
  readonly file: string;
  /** The deployment's name, which all names on hosts begin with. */
  readonly deployment: string;
}

/** Reads a project file. With an error among the diagnostics there is no testbed. */
export function parseProject(
  text: string,
  { file, deployment }: ProjectContext,
): { testbed?: Testbed; diagnostics: readonly Diagnostic[] } {
  const locator = new Locator(text, file);
  const { document, diagnostics } = parseYaml(locator);
  if (!document) return { diagnostics };
  const reading = new Reading(locator);
  const wrongName = nameFinding(deployment);
  if (wrongName) reading.report(document, { ...wrongName, message: `deployment: ${wrongName.message}` });
  const project = projectShape.read(document, reading, 'the project');
  const found = reading.diagnostics;
  if (!project || found.some(({ severity }) => severity === 'error')) return { diagnostics: found };
  const testbed: Testbed = {
    at: project.at,
    name: deployment,
    machines: project.machines,
    network: project.network.ovn,
  };
  return { testbed, diagnostics: found };
}
