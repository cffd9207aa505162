import type { Diagnostic } from '../model/diagnostic.ts';
import { Failure } from '../model/failure.ts';
import type { Plan } from '../model/plan.ts';
import { outlineOf, type PlanResult } from '../planner/plan.ts';
import type { EmitEvent } from '../ports/events.ts';
import type { DeploymentRecord } from '../ports/store.ts';
import type { Prepared, RunInput } from '../workflows/contract.ts';
import { type Beat, emitterFor, runOfActivity, withHeartbeat } from './activity-context.ts';
import type { ActivityPorts } from './activity-ports.ts';
import { type Aim, aimOfDown, aimOfUp, planAim } from './aim.ts';
import { textOf } from './load-project.ts';

/** Reads, compiles, observes, plans and stores the plan; touches nothing. Returns what the workflow carries. */
export async function prepare(ports: ActivityPorts, input: RunInput): Promise<Prepared> {
  const emit = emitterFor(ports.events, ports.now);
  const beat: Beat = { done: 0, of: 1 };
  return withHeartbeat(beat, async (signal) => {
    const text = `${input.command} of ${input.deployment} by ${input.by}`;
    emit({ type: 'event', level: 'info', code: 'run-started', text, data: { command: input.command } });
    await rememberRun(ports, input);
    const aim = input.command === 'up' ? await aimOfUp(ports, input, signal) : await aimOfDown(ports, input, signal);
    tellDoubts(aim.doubts, emit);
    const options = input.command === 'down' ? { replace: true, removal: 'down' } : input.options;
    const { plan } = refuseOrPlan(planAim(ports, input.deployment, aim, options));
    const reference = await ports.store.putPlan(plan);
    await rememberDeployment(ports, input, aim);
    tellPlan(plan, emit);
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

function tellDoubts(doubts: readonly Diagnostic[], emit: EmitEvent): void {
  for (const doubt of doubts) {
    const text = textOf(doubt);
    emit({ type: 'event', level: 'warn', code: 'warning-diagnostic', text, data: { ...doubt } });
  }
}

function tellPlan({ summary, stages, batches }: Plan, emit: EmitEvent): void {
  const nothing = batches.length === 0;
  const { create, change, delete: gone, run } = summary;
  emit({
    type: 'event',
    level: 'info',
    code: nothing ? 'run-nothing-to-do' : 'run-planned',
    text: nothing
      ? 'nothing to do, the hosts match'
      : `${create} to create, ${change} to change, ${gone} to remove, ${run} to run`,
    data: { summary, stages: stages.map(({ name, instructions }) => ({ name, instructions: instructions.length })) },
  });
}

function refuseOrPlan(result: PlanResult): PlanResult {
  const [first, ...others] = result.refused;
  if (!first) return result;
  const more = others.length > 0 ? ` (and ${others.length} more)` : '';
  throw new Failure({ ...first, class: 'permanent', message: `${first.message}${more}` });
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
