import type { DeploymentStatus } from '../api/answers/status.ts';
import type { Inventory } from '../model/host.ts';
import { copyOf, lifeOf, type Observed, type ObservedState } from '../model/observed.ts';
import type { Kept } from '../model/plan.ts';
import { refOf } from '../model/ref.ts';
import type { Resource } from '../model/resources.ts';
import { whyAsked } from '../planner/kept.ts';
import { kindOf } from '../resources/registry.ts';
import type { ReadInput } from '../workflows/contract.ts';
import type { ActivityPorts } from './activity-ports.ts';
import { guestRows, guestsOf } from './guest-status.ts';
import { guestsMeant } from './guests-meant.ts';
import { observeKnown } from './observe.ts';
import { inventoryOf, onTodaysHosts, planTarget, rememberedHosts, type Target, targetOfUp } from './target.ts';

/** What status looks at. */
type View = Pick<Target, 'inventory' | 'desired' | 'before' | 'observed'>;

/** What the deployment's guests are doing, as the hosts tell it now; of some guests, where they are named. */
export async function statusOf(ports: ActivityPorts, input: ReadInput, signal: AbortSignal): Promise<DeploymentStatus> {
  const view = (await viewOfRemembered(ports, input, signal)) ?? (await viewOfFile(ports, input, signal));
  const { unknown } = view.observed;
  // Nothing is said of what is on a host that does not answer: neither that it is there nor that it is missing.
  const asked = new Set(view.inventory.hosts.map(({ name }) => name));
  const isKnown = ({ host }: Resource): boolean => asked.has(host) && !unknown.has(host);
  const known = { ...view, desired: view.desired.filter(isKnown), before: [] };
  const { plan } = planTarget(ports, input.deployment, known, {});
  const changes = plan.stages.flatMap(({ instructions }) => instructions);
  const asPersonsAsked = changes.filter((each) => each.asked === true).flatMap(({ resources }) => resources).length;
  const { create, change, delete: gone } = plan.summary;
  const guests = guestsOf(view.desired);
  return {
    deployment: input.deployment,
    hosts: view.inventory.hosts.map((host) => hostStatus(host.name, view.observed)),
    guests: await guestRows(ports, view),
    resources: view.observed.copies.size,
    missing: Math.max(0, create + change - asPersonsAsked),
    surplus: gone,
    asked: guests.filter(({ goal }) => copyOf(view.observed, refOf(goal), goal.host)?.asked).length,
    kept: [...(plan.kept ?? []), ...keptOnHosts(view)].map(({ ref, host, describe, why }) => ({
      name: ref.slice(ref.indexOf(':') + 1),
      host,
      what: describe,
      why,
      ...bytesOf(copyOf(view.observed, ref, host)?.bytes),
      ...askedOf(copyOf(view.observed, ref, host)),
    })),
  };
}

/**
 * What is wanted although no file may want it: what a person asked for; and of a laboratory that is down, its data and
 * nothing that runs on it.
 */
function keptOnHosts({ desired, observed }: View): Kept[] {
  const isDown = guestsOf(desired).length === 0;
  return desired.flatMap((each) => {
    const kind = kindOf(each.kind);
    const about = { ref: refOf(each), host: each.host };
    const found = copyOf(observed, about.ref, each.host);
    if (found && lifeOf(found) === 'person') return [{ ...about, describe: kind.describe(each), why: whyAsked }];
    if (!isDown || kind.outlives !== 'data') return [];
    return [{ ...about, describe: `${each.kind} of ${each.guest ?? each.name}`, why: 'down keeps disks' }];
  });
}

function askedOf(observed: Observed | undefined): { asked?: true } {
  return observed && lifeOf(observed) === 'person' ? { asked: true } : {};
}

function bytesOf(bytes: number | undefined): { bytes?: number } {
  return bytes === undefined ? {} : { bytes };
}

/** What was wanted and what is observed are enough: neither the project file nor its images are read. */
async function viewOfRemembered(
  ports: ActivityPorts,
  input: ReadInput,
  signal: AbortSignal,
): Promise<View | undefined> {
  const { record, known } = await rememberedHosts(ports, input.deployment);
  const all = record
    ? await ports.store.wanted(input.deployment, input.guests?.length === 1 ? input.guests[0] : undefined)
    : [];
  const wanted = all.length === 0 && input.guests ? await ports.store.wanted(input.deployment) : all;
  if (wanted.length === 0) return undefined;
  const guests = input.guests && guestsMeant(input.guests, wanted, input.deployment);
  const desired = guests ? wanted.filter(({ guest }) => guest !== undefined && guests.has(guest)) : wanted;
  const inventory = await inventoryOf(ports, input, known);
  const asked = guests ? onlyHosts(inventory, desired) : inventory;
  const observation = await observeKnown(ports, asked, guests ? [] : known, input.deployment, signal);
  const observed = guests ? onlyGuests(observation.observed, guests) : observation.observed;
  return {
    inventory: observation.inventory,
    desired: onTodaysHosts(desired, observation.aliases),
    before: [],
    observed,
  };
}

/** One guest asks its own host only. */
function onlyHosts({ main, hosts }: Inventory, desired: readonly Resource[]): Inventory {
  // Rows lie on main, whatever they are about.
  const used = new Set(desired.filter(({ kind }) => kindOf(kind).transport !== 'ovn').map(({ host }) => host));
  return { main, hosts: hosts.filter(({ name }) => used.has(name)) };
}

function onlyGuests(observed: ObservedState, guests: ReadonlySet<string>): ObservedState {
  const copies = [...observed.copies].filter(([, [first]]) => guests.has(first?.as.guest ?? ''));
  return { ...observed, copies: new Map(copies) };
}

/** A laboratory that this server has not made yet, or made before it remembered what it wants. */
async function viewOfFile(ports: ActivityPorts, input: ReadInput, signal: AbortSignal): Promise<View> {
  return targetOfUp(ports, input, signal, { tolerant: true });
}

function hostStatus(name: string, observed: ObservedState): DeploymentStatus['hosts'][number] {
  const reason = observed.unknown.get(name);
  return reason === undefined ? { name, answered: true } : { name, answered: false, reason };
}
