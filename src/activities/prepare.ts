import { Failure, type FailureData } from '../model/failure.ts';
import type { Inventory } from '../model/host.ts';
import type { Resource } from '../model/resources.ts';
import type { Observed } from '../model/seen.ts';
import { outlineOf, planChanges, type PlanResult } from '../planner/plan.ts';
import type { DeploymentRecord } from '../ports/store.ts';
import { kindOf } from '../resources/registry.ts';
import type { Prepared, RunInput } from '../workflows/contract.ts';
import { type Beat, emitterFor, runOfActivity, withHeartbeat } from './activity-context.ts';
import type { ActivityPorts } from './activity-ports.ts';
import { compileOrRefuse, gatherFacts, loadInventory, loadTestbed, type ProjectPlace } from './load-project.ts';
import { observe } from './observe.ts';

/** What a command wants to be true on the hosts, and what is. */
interface Aim {
  readonly inventory: Inventory;
  readonly desired: readonly Resource[];
  readonly observed: Observed;
  readonly placement: Readonly<Record<string, string>>;
}

/** Reads, compiles, observes, plans and stores the plan; touches nothing. Returns what the workflow carries. */
export async function prepare(ports: ActivityPorts, input: RunInput): Promise<Prepared> {
  const emit = emitterFor(ports.events, ports.now);
  const text = `${input.command} of ${input.deployment} by ${input.by}`;
  emit({ type: 'event', level: 'info', code: 'run-started', text, data: { command: input.command } });
  await rememberRun(ports, input);
  const beat: Beat = { done: 0, of: 1 };
  return withHeartbeat(beat, async (signal) => {
    const aim = input.command === 'up' ? await aimOfUp(ports, input, signal) : await aimOfDown(ports, input, signal);
    const options = input.command === 'down' ? { replace: true, removal: 'down' } : input.options;
    const { plan } = refuseOrPlan(planAim(ports, input.deployment, aim, options));
    const reference = await ports.store.putPlan(plan);
    await rememberDeployment(ports, input, aim);
    const nothing = plan.batches.length === 0;
    const { create, change, delete: gone, run } = plan.summary;
    emit({
      type: 'event',
      level: 'info',
      code: nothing ? 'run-nothing-to-do' : 'run-planned',
      text: nothing
        ? 'nothing to do, the hosts match'
        : `${create} to create, ${change} to change, ${gone} to remove, ${run} to run`,
      data: {
        summary: plan.summary,
        stages: plan.stages.map(({ name, instructions }) => ({ name, instructions: instructions.length })),
      },
    });
    const guests = new Set(aim.desired.flatMap((each) => each.guest ?? [])).size;
    return {
      plan: reference,
      outline: outlineOf(plan),
      summary: plan.summary,
      guests,
      hosts: aim.inventory.hosts.map((each) => each.name),
    };
  });
}

/** Plans an aim; the same for `up`, `down` and `plan`. */
export function planAim(
  ports: ActivityPorts,
  deployment: string,
  aim: Pick<Aim, 'inventory' | 'desired' | 'observed'>,
  { replace = false, removal }: { readonly replace?: boolean; readonly removal?: string },
): PlanResult {
  const { inventory, desired, observed } = aim;
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

function refuseOrPlan(result: PlanResult): PlanResult {
  const [first, ...others] = result.refused;
  if (!first) return result;
  const more = others.length > 0 ? ` (and ${others.length} more)` : '';
  throw new Failure({ ...first, class: 'permanent', message: `${first.message}${more}` });
}

/** What `up` aims at: the compiled file. Hosts that carry guests must answer and have what is needed. */
export async function aimOfUp(
  ports: ActivityPorts,
  input: ProjectPlace & { options: RunInput['options'] },
  signal: AbortSignal,
): Promise<Aim> {
  const { testbed } = await loadTestbed(ports, input);
  const inventory = await loadInventory(ports, input);
  const [gathered, observed, known] = await Promise.all([
    gatherFacts(ports, input, testbed, signal),
    observe(ports, inventory, input.deployment, signal),
    ports.store.deployment(input.deployment),
  ]);
  const facts = { ...gathered, hosts: observed.facts, placement: known?.placement ?? {} };
  const { desired, placement } = compileOrRefuse(testbed, inventory, facts, input.options.strict === true);
  const used = new Set([inventory.main, ...desired.map((each) => each.host)]);
  refuseUnusable(observed, used);
  return { inventory, desired, observed, placement };
}

/** What `down` aims at: nothing. It looks wherever the deployment last had something. */
async function aimOfDown(ports: ActivityPorts, input: RunInput, signal: AbortSignal): Promise<Aim> {
  const inventory = await loadInventory(ports, input);
  const [observed, known] = await Promise.all([
    observe(ports, inventory, input.deployment, signal),
    ports.store.deployment(input.deployment),
  ]);
  refuseUnusable(observed, new Set(inventory.hosts.map((host) => host.name)), { tools: false });
  // A `down` that stops half-way leaves guests where they are: the next `up` must not want them elsewhere.
  return { inventory, desired: [], observed, placement: known?.placement ?? {} };
}

function refuseUnusable(observed: Observed, used: ReadonlySet<string>, check = { tools: true }): void {
  for (const host of used) {
    const reason = observed.unknown.get(host);
    if (reason !== undefined) throw new Failure(unreachable(host, reason));
    const missing = observed.facts.get(host)?.missingTools ?? [];
    if (check.tools && missing.length > 0) throw new Failure(lacking(host, missing));
  }
}

function unreachable(host: string, reason: string): FailureData {
  const hint = 'check the host and the hosts file; nothing has been touched';
  return {
    code: 'host-unreachable',
    class: 'permanent',
    message: `host ${host} does not answer: ${reason}`,
    host,
    hint,
  };
}

function lacking(host: string, missing: readonly string[]): FailureData {
  const message = `host ${host} lacks ${missing.join(', ')}`;
  return {
    code: 'host-tools',
    class: 'permanent',
    message,
    host,
    hint: `install what provides ${missing.join(', ')} on ${host}`,
  };
}

async function rememberRun(ports: ActivityPorts, input: RunInput): Promise<void> {
  const { runId } = runOfActivity();
  const { deployment, command, by } = input;
  await ports.store.putRun({
    run: runId,
    deployment,
    command,
    by,
    startedAt: ports.now().toISOString(),
    status: 'running',
  });
}

/** Before anything is touched: where to look later, whatever happens to this run. */
async function rememberDeployment(ports: ActivityPorts, input: RunInput, aim: Aim): Promise<void> {
  const { deployment: name, folder, file, hostsFile } = input;
  const record: DeploymentRecord = {
    name,
    folder,
    file,
    ...(hostsFile === undefined ? {} : { hostsFile }),
    hosts: aim.inventory.hosts.map((host) => host.name),
    placement: aim.placement,
    status: `${input.command} running`,
  };
  await ports.store.putDeployment(record);
}
