import { Failure } from '../model/failure.ts';
import type { Inventory } from '../model/host.ts';
import { type Ref, refOf } from '../model/ref.ts';
import type { Resource } from '../model/resources.ts';
import type { DeploymentRecord, Store, Wants } from '../ports/store.ts';
import type { RunInput, RunOutcome } from '../workflows/contract.ts';
import { runOfActivity } from './activity-context.ts';
import type { ActivityPorts } from './activity-ports.ts';
import { knownAfter } from './known-hosts.ts';
import { hostsFileOf } from './load-project.ts';
import type { Target } from './target.ts';

/** How a deployment stands of which nothing was ever made. */
export const createdStatus = 'created';

/** How it stands while what is remembered of it is written anew. */
export const resettingStatus = 'reset running';

/** The hosts of such a one. */
export const nowhere: Inventory = { main: '', hosts: [] };

/** Nothing of it was ever made, or all of it is gone: no host need answer for it. */
export function isNowhere(record: DeploymentRecord | undefined): boolean {
  return record?.known?.length === 0 && record.wants !== undefined && Object.keys(record.wants).length === 0;
}

/** A deployment belongs to its folder: another folder of the same base name would turn one laboratory into the other. */
export async function refuseOtherFolder(store: Store, { deployment, folder }: RunInput): Promise<void> {
  const known = await store.deployment(deployment);
  if (!known || known.folder === folder) return;
  throw new Failure({
    code: 'deployment-elsewhere',
    class: 'permanent',
    message: `the deployment ${deployment} belongs to ${known.folder}, not to ${folder}`,
    object: deployment,
    hint: `give this one another name with --project-name, or run down --purge in ${known.folder} first`,
  });
}

/** Before anything is touched: where to look later and what is wanted there, whatever becomes of this run. */
export async function rememberDeployment(
  ports: ActivityPorts,
  input: RunInput,
  target: Target,
  keeps: readonly Resource[],
): Promise<void> {
  const { deployment: name, folder, file } = input;
  const { runId } = runOfActivity();
  const before = await ports.store.deployment(name);
  const hostsFile = hostsFileOf(input) ?? before?.hostsFile;
  const wanted = wantedBy(target, keeps);
  const known = knownAfter(target.inventory, target.observed, wanted, target.candidates);
  const record: DeploymentRecord = {
    name,
    folder: input.command === 'up' ? folder : (before?.folder ?? folder),
    file: input.command === 'up' ? file : (before?.file ?? file),
    ...(hostsFile === undefined ? {} : { hostsFile }),
    hosts: known.map(({ host }) => host.name),
    known,
    placement: target.placement,
    status: `${input.command} running`,
    wants: wantsOf(wanted.map((each) => ({ ref: refOf(each), host: each.host }))),
    before: before?.before?.run === runId ? before.before : { run: runId, ...wantsBefore(before) },
  };
  await ports.store.putDeployment(record);
  // Both, until it is settled which of them holds: a guest may be in either place.
  const isWanted = new Set(wanted.map(placeOf));
  await ports.store.putWanted(name, [...target.before.filter((each) => !isWanted.has(placeOf(each))), ...wanted]);
}

/** The file's, what outlives it, and what is on hosts that do not answer: nothing is known to have ended there. */
function wantedBy({ desired, before, observed, planning }: Target, keeps: readonly Resource[]): readonly Resource[] {
  const goals = new Set(desired.map(placeOf));
  // A folder or image that is kept may be in the file as well.
  const kept = keeps.filter((each) => !goals.has(placeOf(each)));
  const places = new Set([...goals, ...kept.map(placeOf)]);
  const untouched = before.filter(
    (each) => !places.has(placeOf(each)) && (observed.unknown.has(each.host) || planning?.about?.(each) === false),
  );
  return [...desired, ...kept, ...untouched];
}

function placeOf(resource: Resource): string {
  return `${refOf(resource)} ${resource.host}`;
}

/** At the end of a run: what is wanted now, or that the deployment is gone with all its keys. */
export async function settleDeployment(ports: ActivityPorts, input: RunInput, outcome: RunOutcome): Promise<void> {
  const { deployment, command } = input;
  const known = await ports.store.deployment(deployment);
  if (leavesRecord(input, known)) return;
  if (isGone(input, outcome, known)) {
    await ports.store.removeDeployment(deployment);
    await ports.secrets.forget(`${deployment}/`);
  } else if (known && command !== 'gc') {
    const { wants, before, ...rest } = known;
    const isBack = isRolledBack(input, outcome) && before?.run === runOfActivity().runId;
    const settled = isBack ? before.wants : wants;
    const status = `${command} ${isPartial(input, outcome) ? 'partial' : outcome.status}`;
    await ports.store.putDeployment({ ...rest, status, ...(settled === undefined ? {} : { wants: settled }) });
    if (settled && (isBack || outcome.status === 'completed')) await keepOnly(ports.store, deployment, settled);
  }
}

/**
 * True for a run whose end does not change the record: a `create`, which wrote its own status; a reset that wrote nothing
 * down; an `up` that was refused because the deployment belongs to another folder.
 */
function leavesRecord({ command, folder }: RunInput, known: DeploymentRecord | undefined): boolean {
  if (command === 'create') return true;
  return command === 'reset' ? known?.status !== resettingStatus : command === 'up' && known?.folder !== folder;
}

/** Keys and record go only when every known host has answered and nothing that was kept needs them. */
function isGone({ command }: RunInput, outcome: RunOutcome, known: DeploymentRecord | undefined): boolean {
  if (outcome.status !== 'completed') return false;
  if (command === 'gc') return known === undefined;
  const wants = Object.values(known?.wants ?? {}).flat();
  if (command === 'reset') return wants.length === 0 && known?.known?.length === 0;
  return command === 'down' && wants.length === 0 && outcome.leftovers.length === 0;
}

async function keepOnly(store: Store, deployment: string, wants: Wants): Promise<void> {
  const settled = new Set(Object.entries(wants).flatMap(([host, refs]) => refs.map((ref) => `${ref} ${host}`)));
  const all = await store.wanted(deployment);
  const kept = all.filter((each) => settled.has(placeOf(each)));
  if (kept.length < all.length) await store.putWanted(deployment, kept);
}

function wantsBefore(known: DeploymentRecord | undefined): { readonly wants?: Wants } {
  if (!known) return { wants: {} };
  return known.wants === undefined ? {} : { wants: known.wants };
}

/** What is wanted, by host. */
export function wantsOf(wanted: readonly { readonly ref: Ref; readonly host: string }[]): Wants {
  const wants: Record<string, Ref[]> = {};
  for (const { ref, host } of wanted) (wants[host] ??= []).push(ref);
  return wants;
}

/** A cancelled `down` rolls nothing back, but what it left is not garbage: the user wants it after all. */
function isRolledBack({ command, options }: RunInput, { status, undone, leftovers }: RunOutcome): boolean {
  if (status === 'cancelled') return options.keep !== true;
  return status === 'failed' && command !== 'down' && undone + leftovers.length > 0;
}

/** A `down` that went without hosts: nothing is wanted any more, and something is left. */
function isPartial({ command }: RunInput, { leftovers }: RunOutcome): boolean {
  return command === 'down' && leftovers.length > 0;
}
