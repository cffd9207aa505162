import { failureOf } from '../model/failure.ts';
import type { Host, HostFacts, Inventory } from '../model/host.ts';
import { type Ref, refOf } from '../model/ref.ts';
import type { ObservedState, Observed } from '../model/observed.ts';
import type { Answers, QueryName } from '../model/transport/op.ts';
import { kinds } from '../resources/registry.ts';
import type { Scope } from '../resources/contract.ts';
import type { World } from '../ports/carrier.ts';
import type { Store } from '../ports/store.ts';

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

/** Everything the kinds want to know, merged. */
const allQueries: readonly QueryName[] = [...new Set([...kinds.values()].flatMap((kind) => kind.asks))];

/** One read per host, all hosts at once; a host that does not answer is unknown, which is neither there nor gone. */
export async function observe(
  ports: ObservingPorts,
  inventory: Inventory,
  deployment: string,
  signal?: AbortSignal,
): Promise<ObservedState> {
  const reads = await observeEach(ports, inventory, deployment, signal);
  const facts = new Map<string, HostFacts>();
  const unknown = new Map<string, string>();
  const observed = new Map<Ref, Observed>();
  for (const { host, answers, reason } of reads) {
    if (answers === undefined) {
      unknown.set(host.name, reason ?? 'no answer');
      continue;
    }
    facts.set(host.name, answers.facts);
    for (const each of observedIn(ports, answers, host, inventory, deployment)) observed.set(refOf(each.as), each);
  }
  return { resources: observed, facts, unknown };
}

/** The answers of every host of an inventory, asked all at once. */
export function observeEach(
  ports: ObservingPorts,
  inventory: Inventory,
  deployment: string | undefined,
  signal?: AbortSignal,
): Promise<readonly (HostAnswers & { readonly host: Host })[]> {
  return Promise.all(
    inventory.hosts.map(async (host) => ({
      host,
      ...(await askHost(ports, host, inventory, deployment, signal)),
    })),
  );
}

/** Asks one host everything. */
export async function askHost(
  ports: ObservingPorts,
  host: Host,
  inventory: Inventory,
  deployment: string | undefined,
  signal?: AbortSignal,
): Promise<HostAnswers> {
  const queries = allQueries.filter((query) => query !== 'ovn' || host.name === inventory.main);
  try {
    const scope = scopeOf(ports, inventory, deployment, host);
    return { answers: await ports.world.observer.observe(host, queries, scope, signal) };
  } catch (error) {
    if (signal?.aborted) throw error;
    const failure = failureOf(error);
    return { reason: failure.hint === undefined ? failure.message : `${failure.message} (${failure.hint})` };
  }
}

/** The resources in a host's answers, without a deployment those of all. */
export function observedIn(
  ports: ObservingPorts,
  answers: Answers,
  host: Host,
  inventory: Inventory,
  deployment: string | undefined,
): readonly Observed[] {
  const scope = scopeOf(ports, inventory, deployment, host);
  return [...kinds.values()].flatMap((kind) => kind.parse(answers, scope) as readonly Observed[]);
}

function scopeOf(ports: ObservingPorts, inventory: Inventory, deployment: string | undefined, host: Host): Scope {
  return { deployment, installation: ports.store.installation, host: host.name, main: inventory.main };
}
