import type { Host } from './host.ts';
import type { KindName, StageName, TransportName } from './kind.ts';
import type { Ref } from './ref.ts';
import type { Op } from './transport/op.ts';

/** What happens to a resource. A remake is planned as a delete and a create. */
export type Action = 'create' | 'update' | 'delete' | 'run';

/** How deep a change cuts, from nothing to loss of the user's data. */
export type Effect = 'none' | 'live' | 'restart' | 'remake' | 'move' | 'data-loss';

/** What a change does to those who use the resource. */
export interface Impact {
  readonly effect: Effect;
  /** Guests that are affected. The name is published in `plan --format json`. */
  readonly felt: readonly string[];
}

/** What comparing a goal with what is seen asks for. */
export interface Change {
  readonly action: 'create' | 'update' | 'remake' | 'delete' | 'run';
  readonly cause: string;
  readonly impact: Impact;
}

/** How an item is rolled back; decided while planning, frozen in the plan. */
export type FrozenUndo = { readonly kind: 'op'; readonly op: Op } | { readonly kind: 'never'; readonly why: string };

/** One effect on one resource. */
export interface Item {
  /** Unique in the plan: `create ovn.switch:lab-sw0`; a remake has a delete and a create on one ref. */
  readonly id: string;
  readonly ref: Ref;
  readonly action: Action;
  readonly cause: string;
  readonly guest?: string;
  readonly op: Op;
  readonly undo: FrozenUndo;
  /** Items (ids) that must have succeeded before this one. */
  readonly needs: readonly string[];
  /** The same edges from the other side: rolling back walks them. */
  readonly neededBy: readonly string[];
  readonly describe: string;
}

/** What one activity does: a fused list of items for one host and one transport, at most 25 guests. */
export interface Batch {
  /** Short, semantic, stable: `libvirt.main.0`. */
  readonly id: string;
  readonly host: string;
  /** How that host is reached, frozen with the plan: an edit of the hosts file never redirects a running command. */
  readonly target: Host;
  readonly transport: TransportName;
  readonly stage: StageName;
  /** For people: `3 domains on main: missing`. */
  readonly summary: string;
  readonly items: readonly Item[];
  /** Batches (ids) this one waits for. */
  readonly after: readonly string[];
}

/** A set of like changes with one cause: what a client sees and steps through. */
export interface Instruction {
  readonly id: string;
  readonly kind: KindName;
  readonly host: string;
  readonly resources: readonly { readonly type: KindName; readonly name: string }[];
  readonly action: Action;
  readonly cause: string;
  readonly impact: Impact;
  readonly after: readonly string[];
}

/** The whole plan, in stable order. */
export interface Plan {
  readonly deployment: string;
  readonly stages: readonly { readonly name: StageName; readonly instructions: readonly Instruction[] }[];
  readonly batches: readonly Batch[];
  readonly summary: { readonly create: number; readonly change: number; readonly delete: number; readonly run: number };
}

/** What the workflow carries of a plan: tables of hosts and transports, edges as indices. 13 KiB per 1,000 batches. */
export interface Outline {
  readonly hosts: readonly string[];
  readonly transports: readonly TransportName[];
  readonly stages: readonly StageName[];
  /** [id, host index, transport index, stage index, summary, indices of batches it waits for] */
  readonly batches: readonly (readonly [string, number, number, number, string, readonly number[]])[];
}
