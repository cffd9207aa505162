import type { Diagnostic } from '../model/diagnostic.ts';
import { Failure, failureOf } from '../model/failure.ts';
import { countsText } from '../model/plan-counts.ts';
import type { Resource } from '../model/resources.ts';
import type { Plan } from '../model/plan.ts';
import { fingerprintOf } from '../planner/fingerprint.ts';
import { outlineOf, type PlanResult } from '../planner/plan.ts';
import type { EmitEvent } from '../ports/events.ts';
import { folderFiles, writeState } from '../state/project-folder.ts';
import type { Command, Prepared, RunInput } from '../workflows/contract.ts';
import { type Beat, emitterFor, runOfActivity, withHeartbeat } from './activity-context.ts';
import type { ActivityPorts } from './activity-ports.ts';
import { refuseOtherFolder, rememberDeployment } from './deployment-record.ts';
import { requestsOfFlags } from './requests-of.ts';
import { registerDeployment, targetOfCreate } from './create-deployment.ts';
import { resetBooks, targetOfReset } from './reset-state.ts';
import { targetOfForget } from './target-of-forget.ts';
import { targetOfDown } from './target-of-down.ts';
import { targetOfVerb } from './target-of-verb.ts';
import { planTarget, type Target, targetOfUp } from './target.ts';
import { targetOfGc } from './gc/target-of-gc.ts';
import { hostsFileOf, textOf } from './load-project.ts';
import { refuseStale } from './refuse-stale.ts';

type FindTarget = (ports: ActivityPorts, input: RunInput, signal: AbortSignal, emit: EmitEvent) => Promise<Target>;

const targets: Record<Command, FindTarget> = {
  up: targetOfUpAsked,
  down: targetOfDown,
  gc: targetOfGc,
  forget: targetOfForget,
  create: targetOfCreate,
  reset: targetOfReset,
  start: targetOfVerb,
  stop: targetOfVerb,
  restart: targetOfVerb,
  pause: targetOfVerb,
  resume: targetOfVerb,
  rebuild: targetOfVerb,
  rerun: targetOfVerb,
};

/** What `up` aims at, and what its flags ask beside the file. */
async function targetOfUpAsked(
  ports: ActivityPorts,
  input: RunInput,
  signal: AbortSignal,
  emit: EmitEvent,
): Promise<Target> {
  await refuseOtherFolder(ports.store, input);
  const target = await targetOfUp(ports, input, signal, { pull: emit });
  const at = ports.now().toISOString();
  return { ...target, requests: requestsOfFlags(input, at, target.desired) };
}

/** Why things go, where it is not the file that says so. */
const removals: Partial<Record<Command, string>> = { down: 'down', gc: 'no deployment owns it' };

/** Reads, compiles, observes, plans and stores the plan; touches nothing. Returns what the workflow carries. */
export async function prepare(ports: ActivityPorts, input: RunInput): Promise<Prepared> {
  const emit = emitterFor(ports.events, ports.now);
  const beat: Beat = { done: 0, of: 1 };
  return withHeartbeat(beat, async (signal) => {
    const text = `${input.command} of ${input.deployment} by ${input.by}`;
    emit({ type: 'event', level: 'info', code: 'run-started', text, data: { command: input.command } });
    const startedAt = ports.now().toISOString();
    await rememberRun(ports, input, startedAt);
    const target = await targets[input.command](ports, input, signal, emit);
    tellDoubts(target.doubts, emit);
    if (input.command === 'gc') tellSilent(target.observed.unknown, emit);
    const removal = removals[input.command];
    const options = removal === undefined ? input.options : { replace: true, removal };
    const result = planTarget(ports, input.deployment, target, options);
    const { expect } = input.options;
    if (expect) refuseStale(expect, fingerprintOf(result.plan, target.desired, target.observed), input.deployment);
    const { plan, keeps } = refuseOrPlan(result);
    const reference = await ports.store.putPlan(plan);
    await rememberRun(ports, input, startedAt, reference);
    if (input.command === 'up') await keepState(ports, input, target, emit);
    await remember(ports, input, target, keeps, emit);
    if (!isAboutBooks(input.command)) tellPlan(plan, emit);
    const lastFrom = plan.batches.findIndex((batch) => batch.last);
    const guests = new Set(target.desired.flatMap((each) => each.guest ?? [])).size;
    return {
      plan: reference,
      outline: outlineOf(plan),
      summary: plan.summary,
      guests,
      ...(plan.policy === undefined ? {} : { policy: plan.policy }),
      ...(lastFrom < 0 ? {} : { lastFrom }),
      hosts: target.inventory.hosts.map((each) => each.name),
      ...(target.unreachable === undefined || target.unreachable.length === 0
        ? {}
        : { unreachable: target.unreachable }),
    };
  });
}

/** What the server remembers from now on; a gc changes nothing of it. */
async function remember(
  ports: ActivityPorts,
  input: RunInput,
  target: Target,
  keeps: readonly Resource[],
  emit: EmitEvent,
): Promise<void> {
  if (input.command === 'create') return registerDeployment(ports.store, input, emit);
  if (input.command === 'reset') return resetBooks(ports, input, target, emit);
  if (input.command !== 'gc') await rememberDeployment(ports, input, target, keeps);
}

/** Nothing is done on hosts, so there is nothing to say of them. */
function isAboutBooks(command: Command): boolean {
  return command === 'create' || command === 'reset';
}

function tellDoubts(doubts: readonly Diagnostic[], emit: EmitEvent): void {
  for (const doubt of doubts) {
    const text = textOf(doubt);
    emit({ type: 'event', level: 'warn', code: 'warning-diagnostic', text, data: { ...doubt } });
  }
}

/** What is on a host that does not answer stays there. */
function tellSilent(unknown: ReadonlyMap<string, string>, emit: EmitEvent): void {
  for (const [host, reason] of unknown) {
    const text = `${host} does not answer, so nothing is removed there: ${reason}`;
    emit({ type: 'event', level: 'warn', code: 'host-silent', text, host });
  }
}

function tellPlan({ summary, stages, batches }: Plan, emit: EmitEvent): void {
  const nothing = batches.length === 0;
  emit({
    type: 'event',
    level: 'info',
    code: nothing ? 'run-nothing-to-do' : 'run-planned',
    text: nothing ? 'nothing to do, the hosts match' : countsText(summary),
    data: { summary, stages: stages.map(({ name, instructions }) => ({ name, instructions: instructions.length })) },
  });
}

/** Whoever is to allow the loss of disks must know which. */
const listed = 50;

function refuseOrPlan(result: PlanResult): PlanResult {
  const [first] = result.refused;
  if (!first) return result;
  const more = result.refused.length > listed ? `; and ${result.refused.length - listed} more` : '';
  const messages = result.refused.slice(0, listed).map(({ message }) => message);
  throw new Failure({ ...first, class: 'permanent', message: `${messages.join('; ')}${more}` });
}

/** For people and for version control: a folder that cannot be written to stops nobody. */
async function keepState(
  ports: ActivityPorts,
  { deployment, folder }: RunInput,
  { placement, desired }: Target,
  emit: EmitEvent,
): Promise<void> {
  try {
    await writeState(folderFiles(ports.files, folder), { deployment, placement, resources: desired });
  } catch (error) {
    const text = `the state file cannot be written: ${failureOf(error).message}`;
    emit({ type: 'event', level: 'warn', code: 'state-unwritten', text });
  }
}

async function rememberRun(ports: ActivityPorts, input: RunInput, startedAt: string, plan?: string): Promise<void> {
  const { runId } = runOfActivity();
  const { deployment, command, by } = input;
  const hostsFile = hostsFileOf(input);
  await ports.store.putRun({
    run: runId,
    deployment,
    command,
    by,
    startedAt,
    status: 'running',
    ...(hostsFile === undefined ? {} : { hostsFile }),
    ...(plan === undefined ? {} : { plan }),
  });
}
