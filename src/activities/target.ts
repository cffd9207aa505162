import type { CompileFacts } from '../compiler/facts.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { Failure, type FailureData } from '../model/failure.ts';
import type { Inventory } from '../model/host.ts';
import type { Resource } from '../model/resources.ts';
import type { ObservedState } from '../model/observed.ts';
import type { Testbed } from '../model/testbed.ts';
import { planChanges, type PlanResult } from '../planner/plan.ts';
import { kindOf } from '../resources/registry.ts';
import { folderFiles, readProjectState } from '../state/project-folder.ts';
import type { Prepared, RunInput } from '../workflows/contract.ts';
import type { ActivityPorts } from './activity-ports.ts';
import { compileOrRefuse, gatherFacts, loadInventory, loadTestbed, type ProjectPlace } from './load-project.ts';
import { observe } from './observe.ts';

/** What a command wants to be true on the hosts, and what is. */
export interface Target {
  readonly inventory: Inventory;
  readonly desired: readonly Resource[];
  readonly observed: ObservedState;
  readonly placement: Readonly<Record<string, string>>;
  /** `down` only: hosts that do not answer and are left out. */
  readonly unreachable?: Prepared['unreachable'];
  /** Warnings about the file. */
  readonly doubts: readonly Diagnostic[];
}

/**
 * What `up` aims at: the compiled file. Hosts that carry guests must answer and have what is needed, and every image
 * and file must be there; `tolerant` is for looking at what is, which is wanted most when something is amiss.
 */
export async function targetOfUp(
  ports: ActivityPorts,
  input: ProjectPlace & { options: RunInput['options'] },
  signal: AbortSignal,
  { tolerant = false } = {},
): Promise<Target> {
  return targetFrom(await compileInputOf(ports, input, signal, { tolerant }));
}

/** Everything a file is compiled with. */
interface CompileInput {
  readonly testbed: Testbed;
  readonly inventory: Inventory;
  readonly facts: CompileFacts;
  readonly observed: ObservedState;
  readonly doubts: readonly Diagnostic[];
  readonly severity: { readonly preflight: boolean; readonly warnings: boolean };
}

/** Reads the project, everything it names, and the hosts. */
export async function compileInputOf(
  ports: ActivityPorts,
  input: ProjectPlace & { options: RunInput['options'] },
  signal: AbortSignal,
  { tolerant = false } = {},
): Promise<CompileInput> {
  const severity = { preflight: !tolerant, warnings: input.options.strict === true };
  const { testbed, diagnostics } = await loadTestbed(ports, input, severity);
  const inventory = await loadInventory(ports, input);
  const [gathered, observed, known, state] = await Promise.all([
    gatherFacts(ports, input, testbed, signal),
    observe(ports, inventory, input.deployment, signal),
    ports.store.deployment(input.deployment),
    readProjectState(folderFiles(ports.files, input.folder), input.deployment),
  ]);
  // What this server remembers is what it did; the state file may come from elsewhere, or from before a `down`.
  const placement = { ...state.placement, ...known?.placement };
  const facts = { ...gathered, hosts: observed.facts, placement, edited: state.edited };
  return { testbed, inventory, facts, observed, doubts: diagnostics, severity };
}

/** Compiles, and refuses what cannot be compiled and hosts that cannot be used. */
export function targetFrom({ testbed, inventory, facts, observed, doubts, severity }: CompileInput): Target {
  const { desired, placement, diagnostics } = compileOrRefuse(testbed, inventory, facts, severity);
  if (severity.preflight) refuseUnusable(observed, new Set([inventory.main, ...desired.map((each) => each.host)]));
  return { inventory, desired, observed, placement, doubts: [...doubts, ...diagnostics] };
}

/** What `down` aims at: nothing. It looks wherever the deployment last had something. */
export async function targetOfDown(ports: ActivityPorts, input: RunInput, signal: AbortSignal): Promise<Target> {
  const inventory = await loadInventory(ports, input);
  const [observed, known] = await Promise.all([
    observe(ports, inventory, input.deployment, signal),
    ports.store.deployment(input.deployment),
  ]);
  const placement = known?.placement ?? {};
  const unreachable = [...observed.unknown].map(([host, reason]) => ({
    host,
    reason,
    guests: Object.keys(placement).filter((guest) => placement[guest] === host),
  }));
  const [first] = unreachable;
  if (first && input.options.skipUnreachable !== true) throw new Failure(unreachableForDown(first));
  // A `down` that stops half-way leaves guests where they are: the next `up` must not want them elsewhere.
  return { inventory, desired: [], observed, placement, unreachable, doubts: [] };
}

/** Plans an aim; the same for `up`, `down` and `plan`. */
export function planTarget(
  ports: ActivityPorts,
  deployment: string,
  target: Pick<Target, 'inventory' | 'desired' | 'observed'>,
  { replace = false, removal }: { readonly replace?: boolean; readonly removal?: string },
): PlanResult {
  const { inventory, desired, observed } = target;
  return planChanges({
    deployment,
    installation: ports.store.installation,
    inventory,
    desired,
    observed,
    kindOf,
    replace,
    ...(removal === undefined ? {} : { removal }),
  });
}

function refuseUnusable(observed: ObservedState, used: ReadonlySet<string>): void {
  for (const host of used) {
    const reason = observed.unknown.get(host);
    if (reason !== undefined) throw new Failure(silentHost(host, reason));
    const missing = observed.facts.get(host)?.missingTools ?? [];
    if (missing.length > 0) throw new Failure(lacking(host, missing));
  }
}

function silentHost(host: string, reason: string): FailureData {
  const hint = 'check the host and the hosts file; nothing has been touched';
  const about = `host ${host} does not answer`;
  const message = reason.startsWith(about) ? reason : `${about}: ${reason}`;
  return { code: 'host-unreachable', class: 'permanent', message, host, hint };
}

/** Said before anything is touched, with what is known to be there: it would go on running, and nobody would know it. */
function unreachableForDown({ host, reason, guests }: NonNullable<Target['unreachable']>[number]): FailureData {
  const there = guests.length > 0 ? guests.join(', ') : 'no guest';
  const silent = silentHost(host, reason);
  return {
    ...silent,
    message: `${silent.message}; as far as is known there is on it: ${there}`,
    hint: 'nothing has been touched; repair the host, or remove what can be reached with down --skip-unreachable',
  };
}

function lacking(host: string, missing: readonly string[]): FailureData {
  const message = `host ${host} lacks ${missing.join(', ')}`;
  const hint = `install what provides ${missing.join(', ')} on ${host}`;
  return { code: 'host-tools', class: 'permanent', message, host, hint };
}
