import { createHash } from 'node:crypto';
import type { Mark } from '../model/mark.ts';
import type { Action, FrozenUndo, Item } from '../model/plan.ts';
import type { Ref } from '../model/ref.ts';
import type { Resource } from '../model/resources.ts';
import { stableJson } from '../model/stable-json.ts';
import type { Undo } from '../resources/contract.ts';
import type { KindOf, ResourceChange } from './changes.ts';
import { needsOf } from './changes.ts';

/** Whose plan it is: goes into every mark. */
export interface Owner {
  readonly installation: string;
  readonly deployment: string;
}

/** An item with the resource it is about, while the plan is being made. */
export interface DraftItem extends Item {
  readonly resource: Resource;
  readonly change: ResourceChange['change'];
}

/** Hash of a goal: a hint in the mark, and part of nothing else. */
export function goalHash(goal: Resource): string {
  return createHash('sha256').update(stableJson(goal)).digest('hex').slice(0, 16);
}

/** Turns changes into items with frozen operations, frozen undo and the items each must wait for. */
export function itemsOf(changes: ReadonlyMap<Ref, ResourceChange>, owner: Owner, kindOf: KindOf): DraftItem[] {
  const drafts: DraftItem[] = [];
  for (const change of changes.values()) drafts.push(...itemsOfChange(change, owner, kindOf));
  return withNeeds(drafts, changes, kindOf);
}

function itemsOfChange(each: ResourceChange, owner: Owner, kindOf: KindOf): DraftItem[] {
  const { action } = each.change;
  if (action !== 'remake') return [draft(each, action, owner, kindOf)];
  const gone = { ...each, goal: undefined };
  const fresh = { ...each, seen: undefined };
  return [
    draft(gone, 'delete', owner, kindOf),
    draft(fresh, 'create', owner, kindOf, (each.seen?.mark?.generation ?? 0) + 1),
  ];
}

function draft(each: ResourceChange, action: Action, owner: Owner, kindOf: KindOf, generation?: number): DraftItem {
  const resource = (action === 'delete' ? each.seen?.as : each.goal) as Resource;
  const kind = kindOf(resource.kind);
  const mark: Mark = {
    ...owner,
    generation: generation ?? each.seen?.mark?.generation ?? 1,
    hash: goalHash(resource),
  };
  const goal = action === 'delete' ? undefined : resource;
  const change = { ...each.change, action };
  const undo = kind.undo(change, goal as never, each.seen as never) as Undo;
  return {
    id: `${action} ${each.ref}`,
    ref: each.ref,
    action,
    cause: each.change.cause,
    ...(resource.guest === undefined ? {} : { guest: resource.guest }),
    op: kind.render(goal as never, mark, (each.seen?.as ?? resource) as never),
    undo: freeze(undo, resource, mark, kindOf),
    needs: [],
    describe: kind.describe(resource as never),
    resource,
    change: each.change,
  };
}

function freeze(undo: Undo, resource: Resource, mark: Mark, kindOf: KindOf): FrozenUndo {
  if (undo.to === 'never') return { kind: 'never', why: undo.why };
  const kind = kindOf(resource.kind);
  if (undo.to === 'absent') return { kind: 'op', op: kind.render(undefined, mark, resource as never) };
  return { kind: 'op', op: kind.render(undo.goal as never, undo.mark, resource as never) };
}

/** Making walks the edges forwards, removing walks them backwards, and what loses a need is changed before the need goes. */
function withNeeds(
  drafts: readonly DraftItem[],
  changes: ReadonlyMap<Ref, ResourceChange>,
  kindOf: KindOf,
): DraftItem[] {
  const making = new Map<Ref, string>();
  const removing = new Map<Ref, string>();
  for (const each of drafts) (each.action === 'delete' ? removing : making).set(each.ref, each.id);
  const needs = new Map<string, Set<string>>(drafts.map((each) => [each.id, new Set()]));
  const need = (item: string | undefined, other: string | undefined): void => {
    if (item !== undefined && other !== undefined && item !== other) needs.get(item)?.add(other);
  };
  for (const { ref, goal, seen } of changes.values()) {
    need(making.get(ref), removing.get(ref));
    if (goal) for (const edge of needsOf(goal, kindOf)) need(making.get(ref), making.get(edge.ref));
    if (!seen) continue;
    const last = removing.get(ref) ?? making.get(ref);
    for (const edge of needsOf(seen.as, kindOf)) need(removing.get(edge.ref), last);
  }
  return drafts.map((each) => ({ ...each, needs: [...(needs.get(each.id) ?? [])].sort() }));
}
