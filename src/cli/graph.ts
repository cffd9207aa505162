import type { Resource } from '../model/resources.ts';
import { toDot } from '../picture/dot.ts';
import { toMermaid } from '../picture/mermaid.ts';
import { toSvg } from '../picture/svg.ts';
import { type Place, type Topology, topologyOf } from '../picture/topology.ts';
import { kindOf } from '../resources/registry.ts';
import { checkProject } from './check-project.ts';
import type { ProjectPlace } from './project-place.ts';
import { reportFindings } from './report-findings.ts';
import type { CliWorld } from './world.ts';

const writers = {
  svg: toSvg,
  mermaid: toMermaid,
  dot: toDot,
  json: (topology: Topology) => `${JSON.stringify(topology, undefined, 2)}\n`,
};

/** A guest's place on a network, for pictures: its kind tells. */
export function placeOf(resource: Resource): Place | undefined {
  const { attachment } = kindOf(resource.kind);
  return attachment && { network: attachment.network(resource), addresses: attachment.addresses(resource) };
}

/** A project as a picture. Undefined when the file is wrong, which has been said. */
export async function graphOf(
  world: CliWorld,
  place: ProjectPlace,
  format: keyof typeof writers,
): Promise<string | undefined> {
  const findings = await checkProject(world, place, { images: false });
  const wrong = reportFindings(world, findings, { format: 'text', strict: false, preflight: false });
  const { compiled, inventory, testbed } = findings;
  if (wrong || !compiled || !inventory || !testbed) return undefined;
  return writers[format](topologyOf({ testbed, inventory, ...compiled, placeOf }));
}
