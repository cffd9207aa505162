import { fingerprintOf } from '../planner/fingerprint.ts';
import { printPulls } from '../planner/print-pulls.ts';
import { printPlan } from '../planner/print.ts';
import type { ReadAnswer, ReadAnswers, ReadInput } from '../workflows/contract.ts';
import { withHeartbeat } from './activity-context.ts';
import type { ActivityPorts } from './activity-ports.ts';
import { targetOfUp, planTarget } from './target.ts';
import { generateArtefacts } from './generate-artefacts.ts';
import { makeBundle } from './bundle/make-bundle.ts';
import { survey } from './gc/survey.ts';
import { statusOf } from './status.ts';

type Read<A> = (ports: ActivityPorts, input: ReadInput, signal: AbortSignal) => Promise<A>;

const reads: { readonly [W in keyof ReadAnswers]: Read<ReadAnswers[W]> } = {
  plan: readPlan,
  status: statusOf,
  artefacts: generateArtefacts,
  bundle: makeBundle,
  garbage: (ports, { hostsFile }, signal) => survey(ports, hostsFile, signal),
};

/** Answers from the hosts themselves and changes nothing on them; `artefacts` writes into the project's folder. */
export async function read(ports: ActivityPorts, input: ReadInput): Promise<ReadAnswer> {
  return withHeartbeat<ReadAnswer>({ done: 0, of: 1 }, (signal) => reads[input.what](ports, input, signal));
}

async function readPlan(ports: ActivityPorts, input: ReadInput, signal: AbortSignal): Promise<ReadAnswers['plan']> {
  const target = await targetOfUp(ports, input, signal);
  const { plan, refused } = planTarget(ports, input.deployment, target, input.options);
  const { batches: _batches, ...shown } = plan;
  const fingerprint = fingerprintOf(plan, target.desired, target.observed);
  const { toPull = [] } = target;
  return { plan: shown, refused, toPull, text: `${printPulls(toPull)}${printPlan(plan)}`, fingerprint };
}
