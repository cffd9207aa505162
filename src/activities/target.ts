import type { CompileFacts } from '../compiler/facts.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { Failure, type FailureData } from '../model/failure.ts';
import type { Inventory, KnownHost } from '../model/host.ts';
import type { ImageToPull } from '../model/image.ts';
import { copyOf, type ObservedState } from '../model/observed.ts';
import type { Request } from '../model/request.ts';
import type { Resource } from '../model/resources.ts';
import type { Testbed } from '../model/testbed.ts';
import { planChanges, type PlanInput, type PlanResult } from '../planner/plan.ts';
import type { DeploymentRecord } from '../ports/store.ts';
import { kindOf } from '../resources/registry.ts';
import { folderFiles, readProjectState } from '../state/project-folder.ts';
import type { Prepared, RunInput } from '../workflows/contract.ts';
import type { ActivityPorts } from './activity-ports.ts';
import { imagesToPull, type Looking } from './find-images.ts';
import { gatherFacts } from './gather-facts.ts';
import { type Candidates, knownOf } from './known-hosts.ts';
import { compileOrRefuse, loadInventory, loadTestbed, type ProjectPlace } from './load-project.ts';
import { type Observation, observeKnown } from './observe.ts';

/** What a command wants to be true on the hosts, and what is. */
export interface Target {
  /** Every host that can be planned for. */
  readonly inventory: Inventory;
  readonly candidates: Candidates;
  readonly desired: readonly Resource[];
  /** What was wanted before, on the hosts as they are called now. */
  readonly before: readonly Resource[];
  readonly observed: ObservedState;
  /** Names of before under which a machine is not asked any more, with the name it is called by now. */
  readonly aliases?: Observation['aliases'];
  readonly placement: Readonly<Record<string, string>>;
  readonly requests?: readonly Request[];
  /** How it is planned, beside what the command line says. */
  readonly planning?: Pick<PlanInput, 'only' | 'purges' | 'about'>;
  /** `down` only: hosts that do not answer and are left out. */
  readonly unreachable?: Prepared['unreachable'];
  /** Warnings about the file. */
  readonly doubts: readonly Diagnostic[];
  /** Images that are not pulled yet: what is made from them is planned with stand-ins. */
  readonly toPull?: readonly ImageToPull[];
}

/**
 * What `up` aims at: the compiled file. Hosts that carry guests must answer and have what is needed, and every image
 * and file must be there; `tolerant` is for looking at what is, which is wanted most when something is amiss.
 */
export async function targetOfUp(
  ports: ActivityPorts,
  input: ProjectPlace & { options: RunInput['options'] },
  signal: AbortSignal,
  looking: Looking = {},
): Promise<Target> {
  return targetFrom(await compileInputOf(ports, input, signal, looking));
}

/** Everything a file is compiled with. */
interface CompileInput extends Pick<Observation, 'observed' | 'candidates'> {
  readonly testbed: Testbed;
  /** Today's hosts: where things may be placed. */
  readonly today: Inventory;
  /** These, and known ones: where things may be. */
  readonly inventory: Inventory;
  readonly before: readonly Resource[];
  readonly facts: CompileFacts;
  readonly doubts: readonly Diagnostic[];
  readonly severity: { readonly preflight: boolean; readonly warnings: boolean };
}

/** Reads the project, everything it names, and the hosts. */
export async function compileInputOf(
  ports: ActivityPorts,
  input: ProjectPlace & { options: RunInput['options'] },
  signal: AbortSignal,
  looking: Looking = {},
): Promise<CompileInput> {
  const { tolerant = false } = looking;
  const severity = { preflight: !tolerant, warnings: input.options.strict === true };
  const { testbed, diagnostics } = await loadTestbed(ports, input, severity);
  const today = await loadInventory(ports, input);
  const { record, known } = await rememberedHosts(ports, input.deployment);
  const gathering = gatherFacts(ports, input, testbed, looking, signal);
  // Pulling takes minutes, and what hosts held before them says little of what they hold then.
  if (looking.pull) await gathering;
  const [gathered, observation, rows, state] = await Promise.all([
    gathering,
    observeKnown(ports, today, known, input.deployment, signal),
    ports.store.wanted(input.deployment),
    readProjectState(folderFiles(ports.files, input.folder), input.deployment),
  ]);
  const { observed, inventory, aliases, candidates } = observation;
  refuseTwins(aliases, candidates);
  // What this server remembers is what it did; the state file may come from elsewhere, or from before a `down`.
  const placement = renamed({ ...state.placement, ...record?.placement }, aliases);
  const facts = { ...gathered, hosts: observed.facts, placement, edited: state.edited };
  const moved = { before: wantedBefore(rows, record, observation), observed, inventory, candidates };
  return { testbed, today, facts, doubts: diagnostics, severity, ...moved };
}

/** Compiles, and refuses what cannot be compiled and hosts that cannot be used. */
export function targetFrom({ testbed, today, facts, doubts, severity, ...rest }: CompileInput): Target {
  const { desired, placement, diagnostics } = compileOrRefuse(testbed, today, facts, severity);
  if (severity.preflight) refuseUnusable(rest.observed, new Set([today.main, ...desired.map((each) => each.host)]));
  const toPull = imagesToPull(facts.images);
  return { ...rest, desired, placement, doubts: [...doubts, ...diagnostics], toPull };
}

/** What the server remembers of a deployment, and the machines it may have something on. */
export async function rememberedHosts(
  ports: ActivityPorts,
  deployment: string,
): Promise<{ readonly record: DeploymentRecord | undefined; readonly known: readonly KnownHost[] }> {
  const record = await ports.store.deployment(deployment);
  return { record, known: await machinesOf(ports, record) };
}

/** The machines a deployment may have something on. */
export async function machinesOf(
  ports: ActivityPorts,
  record: DeploymentRecord | undefined,
): Promise<readonly KnownHost[]> {
  if (!record || record.known) return knownOf(record, undefined);
  const { name: deployment, folder, file, hostsFile } = record;
  const place = { deployment, folder, file };
  const itsHosts = await loadInventory(ports, hostsFile === undefined ? place : { ...place, hostsFile }).catch(
    () => undefined,
  );
  return knownOf(record, itsHosts);
}

/**
 * Today's hosts where a command names a hosts file; without one those the deployment is known to be on, and one local
 * host only where nothing is known.
 */
export async function inventoryOf(
  ports: ActivityPorts,
  input: ProjectPlace,
  known: readonly KnownHost[],
): Promise<Inventory> {
  if (input.hostsFile !== undefined || known.length === 0) return loadInventory(ports, input);
  const main = known.find((each) => each.main) ?? known[0]!;
  return { main: main.host.name, hosts: known.map(({ host }) => host) };
}

/** Plans a target; the same for every command and for `plan`. */
export function planTarget(
  ports: ActivityPorts,
  deployment: string,
  target: Pick<Target, 'inventory' | 'desired' | 'before' | 'observed' | 'requests' | 'planning'>,
  {
    replace = false,
    lose = false,
    removal,
    bootParallelism,
  }: Pick<PlanInput, 'replace' | 'lose' | 'removal' | 'bootParallelism'>,
): PlanResult {
  const { inventory, desired, before, observed, requests = [], planning } = target;
  return planChanges({
    deployment,
    installation: ports.store.installation,
    inventory,
    desired,
    before,
    observed,
    requests,
    kindOf,
    replace,
    lose,
    ...planning,
    ...(removal === undefined ? {} : { removal }),
    ...(bootParallelism === undefined ? {} : { bootParallelism }),
  });
}

/**
 * What was wanted before, on hosts as they are called now. Release 0.1 remembered names only: of a deployment that no
 * release after it has planned, it is what hosts hold under those names.
 */
export function wantedBefore(
  rows: readonly Resource[],
  record: DeploymentRecord | undefined,
  { observed, aliases }: Pick<Observation, 'observed' | 'aliases'>,
): readonly Resource[] {
  if (rows.length > 0) return onTodaysHosts(rows, aliases);
  return Object.entries(record?.wants ?? {}).flatMap(([name, refs]) =>
    refs.flatMap((ref) => copyOf(observed, ref, aliases.get(name) ?? name)?.as ?? []),
  );
}

/** The same resources, on hosts as they are called now. */
export function onTodaysHosts(
  resources: readonly Resource[],
  aliases: ReadonlyMap<string, string>,
): readonly Resource[] {
  if (aliases.size === 0) return resources;
  return resources.map((each) => ({ ...each, host: aliases.get(each.host) ?? each.host }));
}

function renamed(
  placement: Readonly<Record<string, string>>,
  aliases: ReadonlyMap<string, string>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(placement).map(([guest, host]) => [guest, aliases.get(host) ?? host]));
}

/** Two names of today's hosts file for one machine would make two of everything on it. */
function refuseTwins(aliases: ReadonlyMap<string, string>, { today }: Candidates): void {
  for (const [name, first] of aliases) {
    if (!today.has(name) || !today.has(first)) continue;
    throw new Failure({
      code: 'one-machine-twice',
      class: 'permanent',
      message: `hosts ${first} and ${name} are the same machine`,
      object: name,
      host: name,
      hint: 'name it once in the hosts file; nothing has been touched',
    });
  }
}

/** Refuses hosts that do not answer or lack tools, among those that are used. */
function refuseUnusable(observed: ObservedState, used: ReadonlySet<string>): void {
  for (const host of used) {
    const reason = observed.unknown.get(host);
    if (reason !== undefined) throw new Failure(silentHost(host, reason));
    const missing = observed.facts.get(host)?.missingTools ?? [];
    if (missing.length > 0) throw new Failure(lacking(host, missing));
  }
}

/** The failure of a host that does not answer. */
export function silentHost(host: string, reason: string): FailureData {
  const hint = 'check the host and the hosts file; nothing has been touched';
  const about = `host ${host} does not answer`;
  const message = reason.startsWith(about) ? reason : `${about}: ${reason}`;
  return { code: 'host-unreachable', class: 'permanent', message, host, hint };
}

function lacking(host: string, missing: readonly string[]): FailureData {
  const message = `host ${host} lacks ${missing.join(', ')}`;
  const hint = `install what provides ${missing.join(', ')} on ${host}`;
  return { code: 'host-tools', class: 'permanent', message, host, hint };
}
