import { failureOf } from '../model/failure.ts';
import type { Host, HostFacts, Inventory, KnownHost } from '../model/host.ts';
import { copiesByRef, type Observed, type ObservedState } from '../model/observed.ts';
import { type Ref, refOf } from '../model/ref.ts';
import type { Answers, QueryName } from '../model/transport/op.ts';
import { transports } from '../model/transport/table.ts';
import type { World } from '../ports/carrier.ts';
import type { Store } from '../ports/store.ts';
import type { Scope } from '../resources/contract.ts';
import { kinds } from '../resources/registry.ts';
import { type Candidates, candidatesOf, type Identified, identify } from './known-hosts.ts';

/** What observing looks through. */
export interface ObservingPorts {
  readonly world: Pick<World, 'observer'>;
  readonly store: Pick<Store, 'installation'>;
}

/** What a host said, or why it said nothing. */
export interface HostAnswers {
  readonly answers?: Answers;
  readonly reason?: string;
}

/** What was found, and which machine is which. */
export interface Observation extends Identified {
  readonly observed: ObservedState;
  readonly candidates: Candidates;
}

/** Everything the kinds want to know, merged. */
const allQueries: readonly QueryName[] = [...new Set([...kinds.values()].flatMap((kind) => kind.asks))];

/** One read per host, all hosts at once; a host that does not answer is unknown, which is neither there nor gone. */
export async function observe(
  ports: ObservingPorts,
  inventory: Inventory,
  deployment: string,
  signal?: AbortSignal,
): Promise<ObservedState> {
  return (await observeKnown(ports, inventory, [], deployment, signal)).observed;
}

/** Reads today's hosts and every machine the deployment may still have something on. */
export async function observeKnown(
  ports: ObservingPorts,
  today: Inventory,
  known: readonly KnownHost[],
  deployment: string,
  signal?: AbortSignal,
): Promise<Observation> {
  const candidates = candidatesOf(today, known);
  const reads = await observeEach(ports, candidates.inventory, deployment, signal, candidates.mains);
  const facts = new Map<string, HostFacts>();
  for (const { host, answers } of reads) if (answers) facts.set(host.name, answers.facts);
  const identified = identify(candidates, (name) => facts.get(name)?.id);
  const unknown = new Map<string, string>();
  const found: (readonly [Ref, Observed])[] = [];
  for (const { host, answers, reason } of reads) {
    // The same machine has answered under another name.
    if (identified.aliases.has(host.name) && !candidates.today.has(host.name)) {
      facts.delete(host.name);
      continue;
    }
    if (answers === undefined) unknown.set(host.name, reason ?? 'no answer');
    else if (isAnotherMachine(candidates, host.name, answers.facts.id)) {
      facts.delete(host.name);
      unknown.set(host.name, 'another machine answers there now');
    } else {
      const its = { ...candidates.inventory, main: candidates.mains.has(host.name) ? host.name : today.main };
      for (const each of observedIn(ports, answers, host, its, deployment)) found.push([refOf(each.as), each]);
    }
  }
  return { ...identified, observed: { copies: copiesByRef(found), facts, unknown }, candidates };
}

/** A remembered way leads to a machine that is not the remembered one. */
function isAnotherMachine({ remembered, today }: Candidates, name: string, id: string | undefined): boolean {
  const before = remembered.get(name)?.id;
  return !today.has(name) && before !== undefined && id !== undefined && before !== id;
}

/** The answers of every host of an inventory, asked all at once. */
function observeEach(
  ports: ObservingPorts,
  inventory: Inventory,
  deployment: string | undefined,
  signal?: AbortSignal,
  mains: ReadonlySet<string> = new Set([inventory.main]),
): Promise<readonly (HostAnswers & { readonly host: Host })[]> {
  return Promise.all(
    inventory.hosts.map(async (host) => ({
      host,
      ...(await askHost(ports, host, inventory, deployment, signal, mains)),
    })),
  );
}

/** Asks one host everything; a main one also what only main hosts know. */
export async function askHost(
  ports: ObservingPorts,
  host: Host,
  inventory: Inventory,
  deployment: string | undefined,
  signal?: AbortSignal,
  mains: ReadonlySet<string> = new Set([inventory.main]),
): Promise<HostAnswers> {
  const queries = allQueries.filter((query) => transports[query].onlyOnMain !== true || mains.has(host.name));
  try {
    const scope = scopeOf(ports, inventory, deployment, host);
    return { answers: await ports.world.observer.observe(host, queries, scope, signal) };
  } catch (error) {
    if (signal?.aborted) throw error;
    const failure = failureOf(error);
    return { reason: failure.hint === undefined ? failure.message : `${failure.message} (${failure.hint})` };
  }
}

/**
 * The resources in a host's answers, without a deployment those of all. They are where they were found: a record may
 * name the host as an older hosts file did.
 */
export function observedIn(
  ports: ObservingPorts,
  answers: Answers,
  host: Host,
  inventory: Inventory,
  deployment: string | undefined,
): readonly Observed[] {
  const scope = scopeOf(ports, inventory, deployment, host);
  const all = [...kinds.values()].flatMap((kind) => kind.parse(answers, scope) as readonly Observed[]);
  return all.map((each) => (each.as.host === host.name ? each : { ...each, as: { ...each.as, host: host.name } }));
}

function scopeOf(ports: ObservingPorts, inventory: Inventory, deployment: string | undefined, host: Host): Scope {
  return { deployment, installation: ports.store.installation, host: host.name, main: inventory.main };
}
