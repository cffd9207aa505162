import { nothingObserved } from '../model/observed.ts';
import { planChanges } from '../planner/plan.ts';
import { printPlan } from '../planner/print.ts';
import { kindOf } from '../resources/registry.ts';
import { checkProject } from './check-project.ts';
import type { ProjectPlace } from './project-place.ts';
import { reportFindings } from './report-findings.ts';
import type { ShownPlan } from './shown-plan.ts';
import type { CliWorld } from './world.ts';

/** Plans with no host asked: everything counts as missing. Undefined when the file is wrong, which has been said. */
export async function planOffline(
  world: CliWorld,
  place: ProjectPlace,
  strict: boolean,
): Promise<ShownPlan | undefined> {
  const findings = await checkProject(world, place, { images: true });
  const { compiled, inventory } = findings;
  const wrong = reportFindings(world, findings, { format: 'text', strict, preflight: false });
  if (wrong || !compiled || !inventory) return undefined;
  const { plan, refused } = planChanges({
    deployment: place.deployment,
    installation: '',
    inventory,
    desired: compiled.desired,
    observed: nothingObserved,
    kindOf,
  });
  const { batches: _batches, ...shown } = plan;
  return { plan: shown, text: printPlan(plan), refused };
}
