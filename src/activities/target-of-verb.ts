import { Failure } from '../model/failure.ts';
import { verbNames, type VerbName } from '../model/request.ts';
import type { Resource } from '../model/resources.ts';
import type { RunInput } from '../workflows/contract.ts';
import type { ActivityPorts } from './activity-ports.ts';
import { kindOf } from '../resources/registry.ts';
import { guestsMeant } from './guests-meant.ts';
import { observeKnown } from './observe.ts';
import { requestsFor } from './requests-of.ts';
import { inventoryOf, rememberedHosts, type Target, wantedBefore } from './target.ts';

/**
 * What a verb aims at: what was asked of some guests, and nothing else. It needs neither the project file nor its
 * images: what was wanted and what is observed are enough.
 */
export async function targetOfVerb(ports: ActivityPorts, input: RunInput, signal: AbortSignal): Promise<Target> {
  const { deployment, command } = input;
  const verb = verbNames.find((name) => name === command);
  if (!verb) throw new Error(`${command} is not a verb`);
  const { record, known } = await rememberedHosts(ports, deployment);
  if (!record) throw noDeployment(deployment);
  const today = await inventoryOf(ports, input, known);
  const [observation, rows] = await Promise.all([
    observeKnown(ports, today, known, deployment, signal),
    ports.store.wanted(deployment),
  ]);
  const before = wantedBefore(rows, record, observation);
  const guests = guestsMeant(input.guests ?? [], before, deployment);
  const about = before.filter(({ guest }) => guest !== undefined && guests.has(guest)).filter(isNamed(input));
  const requests = requestsFor(input, ports.now().toISOString(), verb, about);
  if (requests.length === 0) throw nothingToAsk(input, verb, [...guests]);
  const { inventory, candidates, observed } = observation;
  const { placement } = record;
  const planning = { only: 'requests' } as const;
  return { inventory, candidates, desired: before, before, observed, placement, requests, planning, doubts: [] };
}

/** Of a guest's scripts only those that are named; without a name everything that knows the verb. */
function isNamed({ command, options: { script } }: RunInput): (resource: Resource) => boolean {
  if (command !== 'rerun' || script === undefined) return () => true;
  return (each) => kindOf(each.kind).isCalled?.(each, script) === true;
}

function noDeployment(deployment: string): Failure {
  return new Failure({
    code: 'no-such-deployment',
    class: 'permanent',
    message: `this server knows no deployment ${deployment}`,
    object: deployment,
    hint: 'run up first, or name the deployment with --project-name',
  });
}

function nothingToAsk({ deployment, options }: RunInput, verb: VerbName, guests: readonly string[]): Failure {
  const what = options.script === undefined ? '' : ` of ${options.script}`;
  return new Failure({
    code: 'cannot-now',
    class: 'permanent',
    message: `there is nothing to ${verb}${what} in ${guests.join(', ')} of ${deployment}`,
    object: guests[0] ?? deployment,
    hint: 'describe or status shows what the guest has',
  });
}
