import type { BootParallelism } from '../model/admission.ts';
import type { FailureData } from '../model/failure.ts';
import type { Inventory } from '../model/host.ts';
import type { Outline, Plan, PlanPolicy } from '../model/plan.ts';
import { type Request, type VerbName, verbNames } from '../model/request.ts';
import type { Resource } from '../model/resources.ts';
import type { ObservedState } from '../model/observed.ts';
import { batchesOf } from './batches.ts';
import { withAdmission } from './boots.ts';
import { changesBetween } from './changes.ts';
import type { KindOf } from './resource-change.ts';
import { instructionsOf } from './instructions.ts';
import { type DraftItem, itemsOf } from './items.ts';

/** Everything planning looks at. Deterministic: the same input gives the same plan. */
export interface PlanInput {
  readonly deployment: string;
  readonly installation: string;
  readonly inventory: Inventory;
  readonly desired: readonly Resource[];
  readonly observed: ObservedState;
  readonly kindOf: KindOf;
  /** What was wanted before, as far as it is known: what a silent host holds is never made elsewhere. */
  readonly before?: readonly Resource[];
  /** What people ask for now. */
  readonly requests?: readonly Request[];
  /** Plan what was asked and what that needs; compare nothing else. */
  readonly only?: 'requests';
  readonly policy?: PlanPolicy;
  /** Allow moves and the loss of users' data; ends surplus copies, and disks whose guests left the file. */
  readonly replace?: boolean;
  /** What is lost by what was asked for was agreed to. */
  readonly lose?: boolean;
  /** True for a disk that is to go with its guest. */
  readonly purges?: (resource: Resource) => boolean;
  /** What the plan is about; all else is left as it is. */
  readonly about?: (resource: Resource) => boolean;
  /** Why what is not desired goes; without it, because the file does not hold it. */
  readonly removal?: string;
  /** How many guests may boot at a time on a host, where a person decided that. */
  readonly bootParallelism?: BootParallelism;
}

/** The plan, and what must be settled before it may run. */
export interface PlanResult {
  readonly plan: Plan;
  readonly refused: readonly FailureData[];
  /** What stays although the file does not want it: it is wanted from now on. */
  readonly keeps: readonly Resource[];
}

/** Decides what must happen for the hosts to hold what is desired. Nothing is left to choose at run time. */
export function planChanges(input: PlanInput): PlanResult {
  const { deployment, installation, inventory, kindOf } = input;
  const owner = { installation, deployment };
  const { changes, surplus, kept, keeps, refused } = changesBetween({ ...input, owner });
  const items = itemsOf(changes, surplus, owner, kindOf);
  const batches = withAdmission(batchesOf(items, inventory, kindOf), input.observed.facts, input.bootParallelism);
  const plan: Plan = {
    deployment,
    stages: instructionsOf(inOrderOf(batches, items), kindOf),
    batches,
    summary: summaryOf(items),
    ...(kept.length === 0 ? {} : { kept }),
    ...(input.only === 'requests' ? { asked: true as const } : {}),
    ...(input.policy === undefined ? {} : { policy: input.policy }),
  };
  return {
    plan,
    keeps: keeps.map(({ as }) => as),
    refused: [...refused, ...notSupported(items), ...unasked(items, input)],
  };
}

/** People read a plan in the order in which it is done. */
function inOrderOf(batches: Plan['batches'], items: readonly DraftItem[]): DraftItem[] {
  const order = new Map(batches.flatMap((batch) => batch.items.map(({ id }) => id)).map((id, n) => [id, n] as const));
  return [...items].sort((a, b) => order.get(a.id)! - order.get(b.id)!);
}

function summaryOf(items: readonly DraftItem[]): Plan['summary'] {
  const count = (action: DraftItem['action']): number => items.filter((item) => item.action === action).length;
  const verbs: Partial<Record<VerbName, number>> = {};
  for (const { action } of items) {
    const verb = verbNames.find((name) => name === action);
    if (verb) verbs[verb] = (verbs[verb] ?? 0) + 1;
  }
  const counts = { create: count('create'), change: count('update'), delete: count('delete'), run: count('run') };
  return Object.keys(verbs).length === 0 ? counts : { ...counts, verbs };
}

function notSupported(items: readonly DraftItem[]): FailureData[] {
  return items.flatMap(({ op, resource }) =>
    op.transport === 'later'
      ? [{ code: 'not-supported-yet', class: 'permanent', message: op.why, object: resource.name, host: resource.host }]
      : [],
  );
}

/** Moves and data loss are asked for; the answer is `--replace`. Removing on purpose (`down`) is not loss. */
function unasked(items: readonly DraftItem[], { replace = false, lose = false }: PlanInput): FailureData[] {
  const removed = items.filter((item) => item.action === 'delete' && !(item.requested ? lose : replace));
  const lost = removed.filter((item) => item.change.impact.effect === 'data-loss');
  const losers = new Set(lost.map((item) => item.guest));
  // That a guest loses its disk says all about its move.
  const moved = removed.filter((item) => item.change.impact.effect === 'move' && !losers.has(item.guest));
  return [...lost, ...moved].map((item) => ({
    code: 'needs-replace',
    class: 'permanent' as const,
    message: `${item.describe} would be ${item.change.impact.effect === 'move' ? 'moved' : 'lost'}: ${item.cause}`,
    object: item.resource.name,
    host: item.resource.host,
    hint: item.requested ? 'run it again with --yes to allow it' : 'run up again with --replace to allow it',
  }));
}

/** The plan as the workflow carries it: tables and indices, 13 KiB per 1,000 batches. */
export function outlineOf(plan: Plan): Outline {
  const hosts = [...new Set(plan.batches.map((batch) => batch.host))];
  const transports = [...new Set(plan.batches.map((batch) => batch.transport))];
  const stages = [...new Set(plan.batches.map((batch) => batch.stage))];
  const index = new Map(plan.batches.map((batch, n) => [batch.id, n] as const));
  return {
    hosts,
    transports,
    stages,
    batches: plan.batches.map((batch) => [
      batch.id,
      hosts.indexOf(batch.host),
      transports.indexOf(batch.transport),
      stages.indexOf(batch.stage),
      batch.summary,
      batch.after.map((id) => index.get(id)!),
    ]),
  };
}
