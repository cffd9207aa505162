import type { GarbageItem, GarbageRemoval, GarbageReport } from '../../model/garbage.ts';
import type { Observed } from '../../model/observed.ts';
import { kindNameOf, type Ref, refOf } from '../../model/ref.ts';
import { whySurplus } from '../../planner/garbage.ts';
import type { DeploymentRecord } from '../../ports/store.ts';
import type { ActivityPorts } from '../activity-ports.ts';
import { observedIn } from '../observe.ts';
import { claimOn, refOn } from './claims.ts';
import { type Everywhere, lookEverywhere } from './inventories.ts';
import type { Machine } from './machines.ts';

/** An answer travels through Temporal, and nobody reads more lines than this. */
const listed = 1000;

/** Looks at all machines there are, for what carries our kind of mark; changes nothing. */
export async function survey(
  ports: ActivityPorts,
  given: string | undefined,
  signal: AbortSignal,
): Promise<GarbageReport> {
  const everywhere = await lookEverywhere(ports, given, undefined, signal);
  const { installation } = ports.store;
  const sorting = new Sorting(installation, everywhere);
  const found = new Map(everywhere.machines.map((each) => [each, foundOn(ports, each, undefined)] as const));
  for (const [machine, observed] of found) sorting.take(machine, observed);
  for (const record of everywhere.records) sorting.takeMissing(record, found);
  const hosts = everywhere.machines.map(({ host: { name, address }, answers, reason }) =>
    answers ? { name, address, answered: true } : { name, address, answered: false, reason: reason ?? 'no answer' },
  );
  return { installation, hosts, unread: everywhere.unread, ...sorting.report() };
}

/** What a machine holds; nothing where it did not answer. */
export function foundOn(
  ports: ActivityPorts,
  { host, main, answers }: Machine,
  deployment: string | undefined,
): readonly Observed[] {
  if (!answers) return [];
  return observedIn(ports, answers, host, { main: main ? host.name : '', hosts: [host] }, deployment);
}

/** Sorts what is found, machine by machine. */
class Sorting {
  private readonly surplus: GarbageItem[] = [];
  private readonly missing: GarbageItem[] = [];
  private readonly foreign: GarbageReport['foreign'][number][] = [];
  private readonly removals = new Map<string, GarbageRemoval>();
  private readonly installation: string;
  private readonly everywhere: Everywhere;

  constructor(installation: string, everywhere: Everywhere) {
    this.installation = installation;
    this.everywhere = everywhere;
  }

  take(machine: Machine, found: readonly Observed[]): void {
    const { everywhere } = this;
    const claims = new Map(everywhere.records.map((each) => [each.name, claimOn(everywhere, each, machine)] as const));
    for (const each of found) {
      const { as, label } = each;
      if (!label) continue;
      const { deployment, installation } = label;
      const item = { deployment, host: as.host, kind: as.kind, name: as.name };
      if (installation !== this.installation) {
        this.foreign.push({ ...item, installation, why: `it belongs to installation ${installation}` });
        continue;
      }
      const why = whySurplus(each, claims.get(deployment));
      if (why === undefined) continue;
      this.surplus.push({ ...item, why });
      this.countRemoval(deployment, machine);
    }
  }

  /** One run of a deployment finds its surplus wherever it lies. */
  private countRemoval(deployment: string, machine: Machine): void {
    const before = this.removals.get(deployment);
    const hostsFile = before ? before.hostsFile : this.everywhere.hostsFileOf(machine);
    const count = (before?.count ?? 0) + 1;
    this.removals.set(deployment, { deployment, ...(hostsFile === undefined ? {} : { hostsFile }), count });
  }

  /** What is wanted on a machine that answered, and is not there or not as it should be. */
  takeMissing(record: DeploymentRecord, found: ReadonlyMap<Machine, readonly Observed[]>): void {
    for (const [name, refs] of Object.entries(record.wants ?? {})) {
      const machine = this.everywhere.machineNamed(record, name);
      if (!machine?.answers) continue;
      const there = this.ownOf(record.name, found.get(machine) ?? []);
      for (const wanted of refs) {
        const ref = refOn(wanted, name, machine.host.name);
        const why = there.has(ref) ? there.get(ref)?.drift : 'it is not there';
        const kind = kindNameOf(ref);
        if (why === undefined || !kind) continue;
        const item = { deployment: record.name, host: machine.host.name, kind, name: ref.slice(kind.length + 1) };
        this.missing.push({ ...item, why });
      }
    }
  }

  private ownOf(deployment: string, found: readonly Observed[]): ReadonlyMap<Ref, Observed> {
    const own = found.filter(
      ({ label }) => label?.installation === this.installation && label.deployment === deployment,
    );
    return new Map(own.map((each) => [refOf(each.as), each]));
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
