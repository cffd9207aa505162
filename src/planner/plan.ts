import type { FailureData } from '../model/failure.ts';
import type { Inventory } from '../model/host.ts';
import type { Outline, Plan } from '../model/plan.ts';
import type { Resource } from '../model/resources.ts';
import type { ObservedState } from '../model/observed.ts';
import { batchesOf } from './batches.ts';
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
  /** Allow moves and the loss of users' data. */
  readonly replace?: boolean;
  /** Why what is not desired goes; without it, because the file does not hold it. */
  readonly removal?: string;
}

/** The plan, and what must be settled before it may run. */
export interface PlanResult {
  readonly plan: Plan;
  readonly refused: readonly FailureData[];
}

/** Decides what must happen for the hosts to hold what is desired. Nothing is left to choose at run time. */
export function planChanges(input: PlanInput): PlanResult {
  const { deployment, installation, inventory, kindOf } = input;
  const owner = { installation, deployment };
  const { changes, refused } = changesBetween(input.desired, input.observed, owner, kindOf, input.removal);
  const items = itemsOf(changes, owner, kindOf);
  const batches = batchesOf(items, inventory, kindOf);
  const plan: Plan = {
    deployment,
    stages: instructionsOf(inOrderOf(batches, items), kindOf),
    batches,
    summary: summaryOf(items),
  };
  return { plan, refused: [...refused, ...notSupported(items), ...unasked(items, input.replace ?? false)] };
}

/** People read a plan in the order in which it is done. */
function inOrderOf(batches: Plan['batches'], items: readonly DraftItem[]): DraftItem[] {
  const order = new Map(batches.flatMap((batch) => batch.items.map(({ id }) => id)).map((id, n) => [id, n] as const));
  return [...items].sort((a, b) => order.get(a.id)! - order.get(b.id)!);
}

function summaryOf(items: readonly DraftItem[]): Plan['summary'] {
  const count = (action: DraftItem['action']): number => items.filter((item) => item.action === action).length;
  return { create: count('create'), change: count('update'), delete: count('delete'), run: count('run') };
}

function notSupported(items: readonly DraftItem[]): FailureData[] {
  return items.flatMap(({ op, resource }) =>
    op.transport === 'later'
      ? [{ code: 'not-supported-yet', class: 'permanent', message: op.why, object: resource.name, host: resource.host }]
      : [],
  );
}

/** Moves and data loss are asked for; the answer is `--replace`. Removing on purpose (`down`) is not loss. */
function unasked(items: readonly DraftItem[], replace: boolean): FailureData[] {
  if (replace) return [];
  const removed = items.filter((item) => item.action === 'delete');
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
    hint: 'run up again with --replace to allow it',
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
