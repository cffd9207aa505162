import { type Ref, refOf } from '../model/ref.ts';
import type { DeploymentRecord, Wants } from '../ports/store.ts';
import type { RunInput, RunOutcome } from '../workflows/contract.ts';
import { runOfActivity } from './activity-context.ts';
import type { ActivityPorts } from './activity-ports.ts';
import type { Target } from './target.ts';
import { hostsFileOf } from './load-project.ts';

/** Before anything is touched: where to look later and what is wanted there, whatever happens to this run. */
export async function rememberDeployment(ports: ActivityPorts, input: RunInput, target: Target): Promise<void> {
  const { deployment: name, folder, file } = input;
  const hostsFile = hostsFileOf(input);
  const { runId } = runOfActivity();
  const known = await ports.store.deployment(name);
  const record: DeploymentRecord = {
    name,
    folder,
    file,
    ...(hostsFile === undefined ? {} : { hostsFile }),
    hosts: target.inventory.hosts.map((host) => host.name),
    placement: target.placement,
    status: `${input.command} running`,
    wants: wantsOf(target.desired),
    before: known?.before?.run === runId ? known.before : { run: runId, ...wantsBefore(known) },
  };
  await ports.store.putDeployment(record);
}

/** At the end of a run: what is wanted now, or that the deployment is gone with all its keys. */
export async function settleDeployment(ports: ActivityPorts, input: RunInput, outcome: RunOutcome): Promise<void> {
  const { deployment, command } = input;
  const known = await ports.store.deployment(deployment);
  const isGone = command === 'gc' ? known === undefined : command === 'down';
  if (isGone && outcome.status === 'completed') {
    await ports.store.removeDeployment(deployment);
    await ports.secrets.forget(`${deployment}/`);
  } else if (known && command !== 'gc') {
    const { wants, before, ...rest } = known;
    const settled = isRolledBack(input, outcome) && before?.run === runOfActivity().runId ? before.wants : wants;
    const status = `${command} ${isPartial(input, outcome) ? 'partial' : outcome.status}`;
    await ports.store.putDeployment({ ...rest, status, ...(settled === undefined ? {} : { wants: settled }) });
  }
}

function wantsBefore(known: DeploymentRecord | undefined): { readonly wants?: Wants } {
  if (!known) return { wants: {} };
  return known.wants === undefined ? {} : { wants: known.wants };
}

function wantsOf(desired: Target['desired']): Wants {
  const wants: Record<string, Ref[]> = {};
  for (const each of desired) (wants[each.host] ??= []).push(refOf(each));
  return wants;
}

/** A cancelled `down` rolls nothing back, but what it left is no garbage: somebody changed their mind. */
function isRolledBack({ command, options }: RunInput, { status, undone, leftovers }: RunOutcome): boolean {
  if (status === 'cancelled') return options.keep !== true;
  return status === 'failed' && command === 'up' && undone + leftovers.length > 0;
}

/** A `down` that went without hosts: nothing is wanted any more, and something is left. */
function isPartial({ command }: RunInput, { leftovers }: RunOutcome): boolean {
  return command === 'down' && leftovers.length > 0;
}
