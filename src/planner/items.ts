import { hash } from 'node:crypto';
import type { OwnerLabel } from '../model/owner-label.ts';
import type { Action, FrozenUndo, Item } from '../model/plan.ts';
import type { Ref } from '../model/ref.ts';
import type { Resource } from '../model/resources.ts';
import type { Undo } from '../resources/contract.ts';
import { type KindOf, needsOf, type Owner, type ResourceChange } from './resource-change.ts';

/** An item with the resource it is about, while the plan is being made. */
export interface DraftItem extends Item {
  readonly resource: Resource;
  readonly change: ResourceChange['change'];
}

/** One whose edges are still to be found. */
type Draft = Omit<DraftItem, 'needs' | 'neededBy'> & { needs: readonly string[]; neededBy: readonly string[] };

/** Hash of a goal: a hint in the mark, and part of nothing else, so the order of its keys may stay what it is. */
function goalHash(goal: Resource): string {
  return hash('sha256', JSON.stringify(goal)).slice(0, 16);
}

/** Turns changes into items with frozen operations, frozen undo and the items each must wait for. */
export function itemsOf(changes: ReadonlyMap<Ref, ResourceChange>, owner: Owner, kindOf: KindOf): readonly DraftItem[] {
  const makers: Makers = { owner, kindOf, changes };
  return withNeeds(
    [...changes.values()].flatMap((each) => itemsOfChange(each, makers)),
    changes,
    kindOf,
  );
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
  const { goal, observed } = each;
  // Making it anew is whatever the kind says of one that is not there: a script is run, not created.
  const again = makers.kindOf(goal!.kind).compare(goal, undefined)?.action as Action;
  return [
    draft({ ...each, goal: undefined }, 'delete', makers),
    draft({ ...each, observed: undefined }, again, makers, (observed?.label?.generation ?? 0) + 1),
  ];
}

function draft(each: ResourceChange, action: Action, makers: Makers, generation?: number): Draft {
  const resource = (action === 'delete' ? each.observed?.as : each.goal) as Resource;
  const kind = makers.kindOf(resource.kind);
  const { installation, deployment } = makers.owner;
  const label: OwnerLabel = {
    installation,
    deployment,
    generation: generation ?? each.observed?.label?.generation ?? 1,
    hash: goalHash(resource),
  };
  const goal = action === 'delete' ? undefined : resource;
  const change = each.change.action === action ? each.change : { ...each.change, action };
  const undo: Undo = kind.undo(change, goal, each.observed);
  const { guest } = resource;
  const made = {
    id: `${action} ${each.ref}`,
    ref: each.ref,
    action,
    cause: each.change.cause,
    op: kind.render(goal, label, each.observed?.as ?? resource),
    undo: freeze(coveredByRemoval(undo, action, resource, makers), resource, label, makers.kindOf),
    needs: [],
    neededBy: [],
    describe: kind.describe(resource),
    resource,
    change: each.change,
  };
  return guest === undefined ? made : Object.assign(made, { guest });
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
  const kind = kindOf(resource.kind);
  if (undo.to === 'absent') return { kind: 'op', op: kind.render(undefined, label, resource) };
  return { kind: 'op', op: kind.render(undo.goal, undo.mark, resource) };
}

/** Making walks the edges forwards, removing walks them backwards, and what loses a need is changed before the need goes. */
function withNeeds(drafts: Draft[], changes: ReadonlyMap<Ref, ResourceChange>, kindOf: KindOf): readonly DraftItem[] {
  const making = new Map<Ref, string>();
  const removing = new Map<Ref, string>();
  for (const each of drafts) (each.action === 'delete' ? removing : making).set(each.ref, each.id);
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
  const neededBy = new Map<string, string[]>(drafts.map((each) => [each.id, []]));
  for (const [id, others] of needs) for (const other of others) neededBy.get(other)?.push(id);
  for (const each of drafts) {
    each.needs = [...needs.get(each.id)!].sort();
    each.neededBy = neededBy.get(each.id)!.sort();
  }
  return drafts;
}
