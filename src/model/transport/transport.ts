import type { ActivityClass } from '../activity-class.ts';

/** What the rest of the product knows of a transport: what its batches are like, and the types of what it is told and asked. */
export interface Transport<O, A> {
  /** Which queue its batches wait in, and how long they may take. */
  readonly class: ActivityClass;
  /** What its batches are called in the Temporal UI. Published: a run of an earlier release goes by it. */
  readonly noun: string;
  /** Only a main host is asked. */
  readonly onlyOnMain?: true;
  /** Never there: they carry the types of an operation and of an answer. */
  readonly types?: { readonly op: O; readonly answer: A };
}

/** A transport's line for the table: its operations, and its answer where it has one. */
export function defineTransport<O, A = undefined>(transport: Omit<Transport<O, A>, 'types'>): Transport<O, A> {
  return transport;
}
