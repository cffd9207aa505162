import { failureOf } from '../model/failure.ts';
import type { Host, HostFacts, Inventory } from '../model/host.ts';
import { type Ref, refOf } from '../model/ref.ts';
import type { Observed, Seen } from '../model/seen.ts';
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

/** Everything the kinds want to know, merged. */
const allQueries: readonly QueryName[] = [...new Set([...kinds.values()].flatMap((kind) => kind.asks))];

/** One read per host, all hosts at once; a host that does not answer is unknown, which is neither there nor gone. */
export async function observe(
  ports: ObservingPorts,
  inventory: Inventory,
  deployment: string,
  signal?: AbortSignal,
): Promise<Observed> {
  const facts = new Map<string, HostFacts>();
  const unknown = new Map<string, string>();
  const seen = new Map<Ref, Seen>();
  const reads = await Promise.all(inventory.hosts.map((host) => readHost(ports, host, inventory, deployment, signal)));
  for (const { host, answers, reason } of reads) {
    if (answers === undefined) {
      unknown.set(host.name, reason ?? 'no answer');
      continue;
    }
    facts.set(host.name, answers.facts);
    for (const each of parseAll(answers, scopeOf(ports, inventory, deployment, host))) seen.set(refOf(each.as), each);
  }
  return { seen, facts, unknown };
}

function scopeOf(ports: ObservingPorts, inventory: Inventory, deployment: string, host: Host): Scope {
  return { deployment, installation: ports.store.installation, host: host.name, main: inventory.main };
}

async function readHost(
  ports: ObservingPorts,
  host: Host,
  inventory: Inventory,
  deployment: string,
  signal?: AbortSignal,
): Promise<{ host: Host; answers?: Answers; reason?: string }> {
  const queries = allQueries.filter((query) => query !== 'ovn' || host.name === inventory.main);
  try {
    const scope = scopeOf(ports, inventory, deployment, host);
    return { host, answers: await ports.world.observer.observe(host, queries, scope, signal) };
  } catch (error) {
    if (signal?.aborted) throw error;
    const failure = failureOf(error);
    return { host, reason: failure.hint === undefined ? failure.message : `${failure.message} (${failure.hint})` };
  }
}

function parseAll(answers: Answers, scope: Scope): Seen[] {
  return [...kinds.values()].flatMap((kind) => kind.parse(answers, scope) as readonly Seen[]);
}
