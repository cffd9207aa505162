import type { Admission } from './admission.ts';
import type { Host } from './host.ts';
import type { KindName, StageName, TransportName } from './kind.ts';
import type { Ref } from './ref.ts';
import type { VerbName } from './request.ts';
import type { Op } from './transport/op.ts';

/** What happens to a resource. A remake is planned as a delete and a create; some verbs are actions of their own. */
export type Action = 'create' | 'update' | 'delete' | 'run' | Exclude<VerbName, 'rebuild' | 'rerun'>;

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
  readonly action: Action | 'remake';
  readonly cause: string;
  readonly impact: Impact;
  /** Power comes on: what is known of one boot of it must be shown again. */
  readonly wakes?: true;
  /** It ends what a person asked for, which is not counted as a fault. */
  readonly asked?: true;
}

/** How an item is rolled back; decided while planning, frozen in the plan. */
export type FrozenUndo = { readonly kind: 'op'; readonly op: Op } | { readonly kind: 'never'; readonly why: string };

/** One effect on one resource. */
export interface Item {
  /** Unique in the plan: `create ovn.switch:lab-sw0`; removing a surplus copy names its host: `delete disk:lab-web on h2`. */
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
  /** How many of its guests may boot at a time, where it lets guests boot. */
  readonly admission?: Admission;
  /** Batches (ids) this one waits for. */
  readonly after: readonly string[];
  /** It loses data, so it runs in a last segment, after everything else has succeeded. */
  readonly last?: true;
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
  /** It ends what a person asked for, which is not counted as a fault. */
  readonly asked?: true;
  readonly after: readonly string[];
}

/** Something that outlives what the plan removes: a disk, and what it stands on. */
export interface Kept {
  readonly ref: Ref;
  readonly host: string;
  readonly describe: string;
  readonly why: string;
}

/**
 * *Converge*: independent items finish, what is done stays, the next `up` goes on. *Together*: all or nothing, any
 * failure rolls back all of it.
 */
export type PlanPolicy = 'converge' | 'together';

/** The whole plan, in stable order. */
export interface Plan {
  readonly deployment: string;
  readonly stages: readonly { readonly name: StageName; readonly instructions: readonly Instruction[] }[];
  readonly batches: readonly Batch[];
  readonly summary: PlanSummary;
  /** What is neither wanted nor removed. Left out where there is none. */
  readonly kept?: readonly Kept[];
  /** It is about what a person asked for and nothing else. */
  readonly asked?: true;
  /** *Converge* where it is left out. */
  readonly policy?: PlanPolicy;
}

/** How many items a plan has, by what they do. `verbs` is left out where nothing was asked for. */
export interface PlanSummary {
  readonly create: number;
  readonly change: number;
  readonly delete: number;
  readonly run: number;
  readonly verbs?: Readonly<Partial<Record<VerbName, number>>>;
}

/** What the workflow carries of a plan: tables of hosts and transports, edges as indices. 13 KiB per 1,000 batches. */
export interface Outline {
  readonly hosts: readonly string[];
  readonly transports: readonly TransportName[];
  readonly stages: readonly StageName[];
  /** [id, host index, transport index, stage index, summary, indices of batches it waits for] */
  readonly batches: readonly (readonly [string, number, number, number, string, readonly number[]])[];
}
