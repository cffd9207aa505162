import { hash } from 'node:crypto';
import { lifeIn, type OwnerLabel } from '../model/owner-label.ts';
import type { Action, FrozenUndo, Item } from '../model/plan.ts';
import type { Ref } from '../model/ref.ts';
import type { Resource } from '../model/resources.ts';
import type { Op } from '../model/transport/op.ts';
import type { ResourceKind, Undo } from '../resources/contract.ts';
import { type KindOf, needsOf, type Owner, type ResourceChange } from './resource-change.ts';

/** An item with the resource it is about, while the plan is being made. */
export interface DraftItem extends Item {
  readonly resource: Resource;
  readonly change: ResourceChange['change'];
  /** A person asked for it. */
  readonly requested?: true;
  readonly surplus?: true;
}

/** One whose edges are still to be found. */
type Draft = Omit<DraftItem, 'needs' | 'neededBy'> & { needs: readonly string[]; neededBy: readonly string[] };

/** Hash of a goal: a hint in the mark, and part of nothing else, so the order of its keys may stay what it is. */
function goalHash(goal: Resource): string {
  return hash('sha256', JSON.stringify(goal)).slice(0, 16);
}

/** Turns changes into items with frozen operations, frozen undo and the items each must wait for. */
export function itemsOf(
  changes: ReadonlyMap<Ref, ResourceChange>,
  surplus: readonly ResourceChange[],
  owner: Owner,
  kindOf: KindOf,
): readonly DraftItem[] {
  const makers: Makers = { owner, kindOf, changes };
  const compared = [...changes.values()].flatMap((each) => itemsOfChange(each, makers));
  const copies = surplus.map((each) => draft(each, 'delete', makers));
  return withNeeds([...compared, ...copies], changes, surplus, kindOf);
}

/** What making an item looks at besides its own change. */
interface Makers {
  readonly owner: Owner;
  readonly kindOf: KindOf;
  readonly changes: ReadonlyMap<Ref, ResourceChange>;
}

function itemsOfChange(each: ResourceChange, makers: Makers): Draft[] {
  const { action } = each.change;
  if (action !== 'remake') return [draft(each, action, makers)];
  const { goal, observed, ...rest } = each;
  // Making it anew is whatever the kind says of one that is not there: a script is run, not created.
  const again = makers.kindOf(goal!.kind).compare(goal, undefined)?.action as Action;
  return [
    draft({ ...rest, observed, goal: undefined }, 'delete', makers),
    draft({ ...rest, goal, observed: undefined }, again, makers, remade(observed?.label)),
  ];
}

/** What is inside tells the new one by it; why it exists is the same. */
function remade(was: OwnerLabel | undefined): Pick<OwnerLabel, 'generation' | 'life'> {
  return { generation: (was?.generation ?? 0) + 1, ...lifeIn(was?.life) };
}

function draft(
  each: ResourceChange,
  action: Action,
  makers: Makers,
  was: Pick<OwnerLabel, 'generation' | 'life'> | undefined = each.observed?.label,
): Draft {
  const resource = (action === 'delete' ? each.observed?.as : each.goal) as Resource;
  const kind = makers.kindOf(resource.kind);
  const { installation, deployment } = makers.owner;
  const label: OwnerLabel = {
    installation,
    deployment,
    generation: was?.generation ?? 1,
    hash: goalHash(resource),
    ...lifeIn(was?.life ?? kind.life),
  };
  const goal = action === 'delete' ? undefined : resource;
  const change = each.change.action === action ? each.change : { ...each.change, action };
  const { op, undo } = effectsOf(each, change, goal, resource, label, kind);
  const { guest } = resource;
  const made = {
    id: `${action} ${each.ref}${each.surplus ? ` on ${resource.host}` : ''}`,
    ref: each.ref,
    action,
    cause: each.change.cause,
    op,
    undo: freeze(coveredByRemoval(undo, action, resource, makers), resource, label, makers.kindOf),
    needs: [],
    neededBy: [],
    describe: kind.describe(resource),
    resource,
    change: each.change,
    ...(each.request ? { requested: true as const } : {}),
    ...(each.surplus ? { surplus: true as const } : {}),
  };
  return guest === undefined ? made : Object.assign(made, { guest });
}

/** The operation and the way back: a verb's own where a person asked for one, else those of the kind. */
function effectsOf(
  { observed, request }: ResourceChange,
  change: ResourceChange['change'],
  goal: Resource | undefined,
  resource: Resource,
  label: OwnerLabel,
  kind: ResourceKind,
): { readonly op: Op; readonly undo: Undo } {
  // What is made anew is made as always.
  const verb = request && goal && change.action !== 'delete' && observed ? kind.verbs?.[request.verb] : undefined;
  return {
    op:
      verb?.render && request && goal
        ? verb.render(goal, label, observed, request)
        : kind.render(goal, label, observed?.as ?? resource),
    undo:
      verb?.undo && request && goal ? verb.undo(change, goal, observed, request) : kind.undo(change, goal, observed),
  };
}

/** What cannot be rolled back goes all the same when this plan made the thing it is inside of: that is removed. */
function coveredByRemoval(undo: Undo, action: Action, resource: Resource, { changes, kindOf }: Makers): Undo {
  if (undo.to !== 'irreversible' || action === 'delete') return undo;
  const isMade = needsOf(resource, kindOf).some(({ ref, how }) => {
    const outer = changes.get(ref)?.change.action;
    return how === 'inside' && (outer === 'create' || outer === 'remake');
  });
  return isMade ? { to: 'absent' } : undo;
}

function freeze(undo: Undo, resource: Resource, label: OwnerLabel, kindOf: KindOf): FrozenUndo {
  if (undo.to === 'irreversible') return { kind: 'never', why: undo.why };
  if (undo.to === 'operation') return { kind: 'op', op: undo.op };
  const kind = kindOf(resource.kind);
  if (undo.to === 'absent') return { kind: 'op', op: kind.render(undefined, label, resource) };
  return { kind: 'op', op: kind.render(undo.goal, undo.label, resource) };
}

/** Making walks the edges forwards, removing walks them backwards, and what loses a need is changed before the need goes. */
function withNeeds(
  drafts: Draft[],
  changes: ReadonlyMap<Ref, ResourceChange>,
  surplus: readonly ResourceChange[],
  kindOf: KindOf,
): readonly DraftItem[] {
  const making = new Map<Ref, string>();
  const removing = new Map<Ref, string>();
  for (const each of drafts) if (!each.surplus) (each.action === 'delete' ? removing : making).set(each.ref, each.id);
  const needs = new Map<string, Set<string>>(drafts.map((each) => [each.id, new Set()]));
  const need = (item: string | undefined, other: string | undefined): void => {
    if (item !== undefined && other !== undefined && item !== other) needs.get(item)?.add(other);
  };
  for (const { ref, goal, observed } of changes.values()) {
    need(making.get(ref), removing.get(ref));
    if (goal) for (const edge of needsOf(goal, kindOf)) need(making.get(ref), making.get(edge.ref));
    if (!observed || (removing.has(ref) && kindOf(observed.as.kind).isKnowledge)) continue;
    const last = removing.get(ref) ?? making.get(ref);
    for (const edge of needsOf(observed.as, kindOf)) {
      // One that stays while what it needs is remade lets go of nothing: waiting for it would close a circle.
      if (removing.has(ref) || !making.has(edge.ref)) need(removing.get(edge.ref), last);
    }
  }
  needsOfSurplus(surplus, removing, need, kindOf);
  const neededBy = new Map<string, string[]>(drafts.map((each) => [each.id, []]));
  for (const [id, others] of needs) for (const other of others) neededBy.get(other)?.push(id);
  for (const each of drafts) {
    each.needs = [...needs.get(each.id)!].sort();
    each.neededBy = neededBy.get(each.id)!.sort();
  }
  return drafts;
}

/** Surplus copies go in the order of their own host: what stands on a copy goes before it. */
function needsOfSurplus(
  surplus: readonly ResourceChange[],
  removing: ReadonlyMap<Ref, string>,
  need: (item: string | undefined, other: string | undefined) => void,
  kindOf: KindOf,
): void {
  const idOf = (ref: Ref, host: string): string => `delete ${ref} on ${host}`;
  const ids = new Set(surplus.map(({ ref, observed }) => idOf(ref, observed!.as.host)));
  for (const { ref, observed } of surplus) {
    const { host, kind } = observed!.as;
    if (kindOf(kind).isKnowledge) continue;
    for (const edge of needsOf(observed!.as, kindOf)) {
      const other = idOf(edge.ref, host);
      need(ids.has(other) ? other : removing.get(edge.ref), idOf(ref, host));
    }
  }
}
