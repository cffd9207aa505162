import { Failure, type FailureData } from '../model/failure.ts';
import type { Resource } from '../model/resources.ts';
import type { Prepared, RunInput } from '../workflows/contract.ts';
import type { ActivityPorts } from './activity-ports.ts';
import { isNowhere, nowhere } from './deployment-record.ts';
import { guestsMeant } from './guests-meant.ts';
import { observeKnown } from './observe.ts';
import { inventoryOf, rememberedHosts, silentHost, type Target, wantedBefore } from './target.ts';

/**
 * What `down` aims at: nothing but disks, or nothing at all. It looks on every machine the deployment is known to have
 * something on, whatever hosts file it is given.
 */
export async function targetOfDown(ports: ActivityPorts, input: RunInput, signal: AbortSignal): Promise<Target> {
  const { record, known } = await rememberedHosts(ports, input.deployment);
  // Its hosts file need not be there, either.
  const isMadeNowhere = isNowhere(record);
  const today = await inventoryOf(ports, input, known).catch((error: unknown) => {
    if (isMadeNowhere) return nowhere;
    throw error;
  });
  const [observation, rows] = await Promise.all([
    observeKnown(ports, today, known, input.deployment, signal),
    ports.store.wanted(input.deployment),
  ]);
  const { observed, candidates } = observation;
  const before = wantedBefore(rows, record, observation);
  const guests =
    input.guests && guestsMeant(input.guests, [...before, ...observedResources(observation)], input.deployment);
  const isMeant = ({ guest }: Resource): boolean => !guests || (guest !== undefined && guests.has(guest));
  const placement = record?.placement ?? {};
  // A host of today's file that the deployment was never on has nothing to answer for.
  const asked = known.length > 0 || isMadeNowhere ? new Set(candidates.remembered.keys()) : candidates.today;
  const unreachable = [...observed.unknown]
    .filter(([host]) => asked.has(host))
    .map(([host, reason]) => ({ host, reason, guests: guestsOn(host, before, placement) }));
  const [first] = unreachable;
  if (first && input.options.skipUnreachable !== true) throw new Failure(unreachableForDown(first));
  const purge = input.options.purge === true;
  return {
    inventory: observation.inventory,
    candidates,
    desired: [],
    before,
    observed,
    // A `down` that stops half-way leaves guests where they are: the next `up` must not want them elsewhere.
    placement,
    planning: { purges: (resource) => purge && isMeant(resource), ...(guests ? { about: isMeant } : {}) },
    unreachable,
    doubts: [],
  };
}

function observedResources({ observed }: Pick<Target, 'observed'>): Resource[] {
  return [...observed.copies.values()].flatMap((copies) => copies.map(({ as }) => as));
}

function guestsOn(host: string, before: readonly Resource[], placement: Target['placement']): readonly string[] {
  const wanted = before.filter((each) => each.host === host).flatMap(({ guest }) => guest ?? []);
  const placed = Object.keys(placement).filter((guest) => placement[guest] === host);
  return [...new Set([...wanted, ...placed])].sort();
}

/** Said before anything is touched, with what is known to be there: it would go on running, unknown to anybody. */
function unreachableForDown({ host, reason, guests }: NonNullable<Prepared['unreachable']>[number]): FailureData {
  const there = guests.length > 0 ? guests.join(', ') : 'no guest';
  const silent = silentHost(host, reason);
  return {
    ...silent,
    message: `${silent.message}; as far as is known there is on it: ${there}`,
    hint: `nothing has been touched; repair the host, remove what can be reached with down --skip-unreachable, or, when it never comes back, run host forget ${host}`,
  };
}
