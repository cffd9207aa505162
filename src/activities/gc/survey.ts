import type { GarbageItem, GarbageRemoval, GarbageReport } from '../../model/garbage.ts';
import type { Host } from '../../model/host.ts';
import { parseRef, type Ref, refOf } from '../../model/ref.ts';
import type { Observed } from '../../model/observed.ts';
import { type Claim, whySurplus } from '../../planner/garbage.ts';
import type { DeploymentRecord } from '../../ports/store.ts';
import type { ActivityPorts } from '../activity-ports.ts';
import { askHost, type HostAnswers, observedIn } from '../observe.ts';
import { claimOf } from './claims.ts';
import { knownPlaces, type Place } from './inventories.ts';

/** An answer travels through Temporal, and nobody reads more lines than this. */
const listed = 1000;

/** Looks at all hosts there are, for what carries our kind of mark; changes nothing. */
export async function survey(
  ports: ActivityPorts,
  given: string | undefined,
  signal: AbortSignal,
): Promise<GarbageReport> {
  const { places, unread } = await knownPlaces(ports, given);
  const records = await ports.store.deployments();
  const sorting = new Sorting(ports.store.installation, records);
  const hosts = new Map<string, GarbageReport['hosts'][number]>();
  const asked = new Map<string, Promise<HostAnswers>>();
  const ask = (host: Host, { inventory }: Place): Promise<HostAnswers> => {
    const key = `${machineOf(host)} ${host.name === inventory.main}`;
    const answer = asked.get(key) ?? askHost(ports, host, inventory, undefined, signal);
    asked.set(key, answer);
    return answer;
  };
  for (const place of places) {
    const reads = await Promise.all(place.inventory.hosts.map(async (host) => [host, await ask(host, place)] as const));
    const found = reads.map(([host, { answers, reason }]) => {
      const { name, address } = host;
      const how = answers ? { answered: true } : { answered: false, reason: reason ?? 'no answer' };
      hosts.set(machineOf(host), { name, address, ...how });
      const observed = answers && observedIn(ports, answers, host, place.inventory, undefined);
      return { host, seen: observed };
    });
    sorting.take(place, found);
  }
  return { installation: ports.store.installation, hosts: [...hosts.values()], unread, ...sorting.report() };
}

/** The same machine may be named in several hosts files. */
function machineOf({ connection, address, port }: Host): string {
  return connection === 'local' ? 'local' : `${address}:${port}`;
}

interface FoundOnHost {
  readonly host: Host;
  /** Undefined when the host did not answer. */
  readonly seen: readonly Observed[] | undefined;
}

/** Sorts what is found, place by place; a thing counts for the first place it is found through. */
class Sorting {
  private readonly surplus: GarbageItem[] = [];
  private readonly missing: GarbageItem[] = [];
  private readonly foreign: GarbageReport['foreign'][number][] = [];
  private readonly removals = new Map<string, GarbageRemoval>();
  private readonly known = new Set<string>();
  private readonly installation: string;
  private readonly records: ReadonlyMap<string, DeploymentRecord>;

  constructor(installation: string, records: readonly DeploymentRecord[]) {
    this.installation = installation;
    this.records = new Map(records.map((record) => [record.name, record]));
  }

  take({ hostsFile }: Place, found: readonly FoundOnHost[]): void {
    const claims = new Map([...this.records].map(([name, record]) => [name, claimOf(record, hostsFile)] as const));
    for (const { host, seen: observed = [] } of found) {
      for (const each of observed) this.takeOne(each, machineOf(host), hostsFile, claims);
    }
    for (const [name, claim] of claims) if (claim.own) this.takeMissing(name, claim, found);
  }

  private takeOne(
    observed: Observed,
    machine: string,
    hostsFile: string | undefined,
    claims: ReadonlyMap<string, Claim>,
  ): void {
    const { as, label } = observed;
    if (!label) return;
    const key = [machine, label.installation, label.deployment, refOf(as)].join(' ');
    if (this.known.has(key)) return;
    this.known.add(key);
    const { deployment, installation } = label;
    const item = { deployment, host: as.host, kind: as.kind, name: as.name };
    if (installation !== this.installation) {
      this.foreign.push({ ...item, installation, why: `it belongs to installation ${installation}` });
      return;
    }
    const why = whySurplus(observed, claims.get(deployment));
    if (why === undefined) return;
    this.surplus.push({ ...item, why });
    const run = `${deployment} ${hostsFile ?? ''}`;
    const { count } = this.removals.get(run) ?? { count: 0 };
    this.removals.set(run, { deployment, ...(hostsFile === undefined ? {} : { hostsFile }), count: count + 1 });
  }

  private takeMissing(deployment: string, { wants }: Claim, found: readonly FoundOnHost[]): void {
    const there = new Map<Ref, Observed>();
    for (const { seen: observed = [] } of found) {
      for (const each of observed) {
        const { label } = each;
        if (label?.installation === this.installation && label.deployment === deployment)
          there.set(refOf(each.as), each);
      }
    }
    const silent = new Set(found.flatMap(({ host, seen: observed }) => (observed ? [] : [host.name])));
    for (const [ref, host] of wants ?? []) {
      const observed = there.get(ref);
      if (silent.has(host) || (observed && observed.drift === undefined)) continue;
      const kind = parseRef(ref) && ref.slice(0, ref.indexOf(':'));
      if (kind === undefined) continue;
      const name = ref.slice(ref.indexOf(':') + 1);
      const why = observed?.drift ?? 'it is not there';
      this.missing.push({ deployment, host, kind: kind as GarbageItem['kind'], name, why });
    }
  }

  report(): Pick<GarbageReport, 'surplus' | 'missing' | 'foreign' | 'counts' | 'removals'> {
    const { surplus, missing, foreign } = this;
    return {
      surplus: surplus.slice(0, listed),
      missing: missing.slice(0, listed),
      foreign: foreign.slice(0, listed),
      counts: { surplus: surplus.length, missing: missing.length, foreign: foreign.length },
      removals: [...this.removals.values()],
    };
  }
}
