import type { Inventory } from '../model/host.ts';
import type { TransportName } from '../model/kind.ts';
import type { Batch, Item } from '../model/plan.ts';
import type { KindOf } from './resource-change.ts';
import type { DraftItem } from './items.ts';
import { summarize } from './summary.ts';

/** Guests in one batch: small enough to retry and to see, large enough that 2,000 guests are 100 batches a stage. */
const guestsPerBatch = 25;
/** Rows are cheap: the carrier itself keeps a transaction under 500. */
const ovnGuestsPerBatch = 500;

interface Draft {
  readonly host: string;
  readonly transport: TransportName;
  readonly items: DraftItem[];
}

/**
 * Fuses items of one transport on one host into batches. Ranks keep it acyclic: an item that needs one of another
 * group ranks above it, so an edge between batches always goes from a lower rank to a higher one.
 */
export function batchesOf(items: readonly DraftItem[], inventory: Inventory, kindOf: KindOf): Batch[] {
  const sorted = topological(items);
  const ranks = rank(sorted, kindOf);
  const last = lastItems(sorted);
  const groups = new Map<string, Draft>();
  for (const item of sorted) {
    const { transport } = kindOf(item.resource.kind);
    const { host } = item.resource;
    const key = `${last.has(item.id) ? 'last ' : ''}${String(ranks.get(item.id)).padStart(4, '0')} ${transport} ${host}`;
    const group = groups.get(key);
    if (group) group.items.push(item);
    else groups.set(key, { host, transport, items: [item] });
  }
  const drafts = [...groups.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(([, draft]) => chunks(draft));
  return finish(drafts, inventory, last, kindOf);
}

function topological(items: readonly DraftItem[]): DraftItem[] {
  const byId = new Map(items.map((item) => [item.id, item] as const));
  const state = new Map<string, 'open' | 'done'>();
  const sorted: DraftItem[] = [];
  const visit = (item: DraftItem): void => {
    if (state.get(item.id) === 'done') return;
    if (state.get(item.id) === 'open') throw new Error(`resource kinds need each other in a circle at ${item.id}`);
    state.set(item.id, 'open');
    for (const id of item.needs) visit(byId.get(id)!);
    state.set(item.id, 'done');
    sorted.push(item);
  };
  for (const item of items) visit(item);
  return sorted;
}

function rank(sorted: readonly DraftItem[], kindOf: KindOf): ReadonlyMap<string, number> {
  const ranks = new Map<string, number>();
  const groups = new Map<string, string>();
  for (const item of sorted) {
    const { transport } = kindOf(item.resource.kind);
    const group = `${transport} ${item.resource.host}`;
    let own = 0;
    for (const id of item.needs) own = Math.max(own, ranks.get(id)! + (groups.get(id) === group ? 0 : 1));
    ranks.set(item.id, own);
    groups.set(item.id, group);
  }
  return ranks;
}

/**
 * Splits a group by guests. What belongs to no guest goes before the guests that need it, or after those it waits for:
 * even phases hold such items, odd ones those of guests, and needs lead to earlier phases, the same guest, or a
 * guest that comes before it: guests are in the order in which they may wait for each other.
 */
function chunks(draft: Draft): Draft[] {
  const limit = draft.transport === 'ovn' ? ovnGuestsPerBatch : guestsPerBatch;
  const guests = [...new Set(draft.items.flatMap((item) => item.guest ?? []))];
  if (guests.length <= limit) return [draft];
  const chunkOf = new Map(guests.map((guest, n) => [guest, Math.floor(n / limit)] as const));
  const phases = new Map<string, number>();
  const parts = new Map<string, DraftItem[]>();
  for (const item of draft.items) {
    const odd = item.guest === undefined ? 0 : 1;
    const before = Math.max(odd, ...item.needs.flatMap((id) => phases.get(id) ?? []));
    const phase = before % 2 === odd ? before : before + 1;
    phases.set(item.id, phase);
    const chunk = item.guest === undefined ? 0 : chunkOf.get(item.guest)!;
    const key = `${String(phase).padStart(4, '0')} ${String(chunk).padStart(6, '0')}`;
    const part = parts.get(key);
    if (part) part.push(item);
    else parts.set(key, [item]);
  }
  return [...parts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, items]) => ({ ...draft, items }));
}

/** An item without what only planning needs. Field by field: leaving two out of it took ten times as long. */
function planned({ id, ref, action, cause, guest, op, undo, needs, neededBy, describe }: DraftItem): Item {
  const item = { id, ref, action, cause, op, undo, needs, neededBy, describe };
  return guest === undefined ? item : { ...item, guest };
}

/**
 * What loses data, and removals that wait for it, when nothing is made after it: it runs when all else has succeeded,
 * so that a failure or a cancel before that has lost nothing.
 */
function lastItems(items: readonly DraftItem[]): ReadonlySet<string> {
  const byId = new Map(items.map((item) => [item.id, item] as const));
  const last = new Set<string>();
  for (const item of items) {
    if (item.action !== 'delete' || item.change.impact.effect !== 'data-loss') continue;
    const behind = new Set([item.id]);
    for (const id of behind) for (const next of byId.get(id)!.neededBy) behind.add(next);
    if ([...behind].every((id) => byId.get(id)!.action === 'delete')) for (const id of behind) last.add(id);
  }
  return last;
}

function finish(drafts: readonly Draft[], inventory: Inventory, last: ReadonlySet<string>, kindOf: KindOf): Batch[] {
  const targets = new Map(inventory.hosts.map((host) => [host.name, host] as const));
  const counters = new Map<string, number>();
  const ids = drafts.map(({ transport, host }) => {
    const prefix = `${transport}.${host}`;
    const n = counters.get(prefix) ?? 0;
    counters.set(prefix, n + 1);
    return `${prefix}.${n}`;
  });
  const places = new Map(ids.map((id, index) => [id, index] as const));
  const batchOf = new Map<string, string>();
  drafts.forEach((each, index) => each.items.forEach((item) => batchOf.set(item.id, ids[index]!)));
  return drafts.map((each, index) => {
    const id = ids[index]!;
    const after = new Set(each.items.flatMap((item) => item.needs.map((need) => batchOf.get(need)!)));
    after.delete(id);
    // A walk of the plan would wait for ever where two batches need each other.
    for (const other of after) if (places.get(other)! > index) throw new Error(`batch ${id} comes before ${other}`);
    return {
      id,
      host: each.host,
      target: targets.get(each.host)!,
      transport: each.transport,
      stage: kindOf(each.items.at(-1)!.resource.kind).stage,
      summary: summarize(each.items, each.host),
      items: each.items.map(planned),
      after: [...after].sort(),
      ...(last.has(each.items[0]!.id) ? { last: true as const } : {}),
    };
  });
}
