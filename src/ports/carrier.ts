import type { Admission } from '../model/admission.ts';
import type { Host } from '../model/host.ts';
import type { Outcome } from '../model/outcome.ts';
import type { Answers, Op, OpOf, QueryName } from '../model/transport/op.ts';
import type { CarriedTransport } from '../model/transport/table.ts';
import type { Scope } from '../resources/contract.ts';
import type { EmitEvent } from './events.ts';

/** What an activity gives a carrier. */
export interface RunContext {
  readonly deployment: string;
  /** With the deployment it is what a label on a host must say before anything that bears it is removed. */
  readonly installation: string;
  /** Key of the work, `<run id>/<batch id>`, the same for do and undo and for every attempt. */
  readonly key: string;
  readonly verb: 'do' | 'undo';
  readonly attempt: number;
  /** Aborted on cancel and on worker shutdown; `cancelRequested()` tells the two apart. */
  readonly signal: AbortSignal;
  /** Jobs in guests are killed only when this is true. */
  cancelRequested(): boolean;
  readonly emit: EmitEvent;
  /** Called as items finish: feeds heartbeats and progress. `doing`: said instead of what is waited for. */
  progress(done: number, of: number, waitingFor?: string, doing?: string): void;
  /** How many guests may boot on the host at a time; a plan made before there was such a number says nothing. */
  readonly admission?: Admission;
  /** How many lines of a guest's script the run's log holds already: an adopted script does not say them again. */
  linesHeard?(guest: string, script: string): Promise<number>;
}

/** One item of a batch. */
export interface CarrierItem<O extends Op = Op> {
  readonly id: string;
  readonly op: O;
  /** Items of the same batch that must have succeeded first: when one failed this one is `skipped`. */
  readonly needs: readonly string[];
}

/** Has the effects of one transport. Running any item twice is harmless; outcomes are per item, in any order. */
export interface Carrier<T extends Op['transport'] = Op['transport']> {
  readonly transport: T;
  /** True: all items of a batch take effect together or not at all. */
  readonly atomic: boolean;
  /** Throws only when nothing can be said about single items (host unreachable, cancelled). */
  apply(host: Host, items: readonly CarrierItem<OpOf<T>>[], context: RunContext): Promise<readonly Outcome[]>;
}

/** One read per host, all queries merged. Throws Failure (class host) when the host does not answer. */
export interface Observer {
  observe(host: Host, queries: readonly QueryName[], scope: Scope, signal?: AbortSignal): Promise<Answers>;
}

/** The world: real or simulated, the same two ports. */
export interface World {
  readonly carriers: { readonly [T in CarriedTransport]: Carrier<T> };
  readonly observer: Observer;
}
