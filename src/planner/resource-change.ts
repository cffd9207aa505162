import type { Change } from '../model/plan.ts';
import type { Ref } from '../model/ref.ts';
import type { Resource } from '../model/resources.ts';
import type { Observed } from '../model/observed.ts';
import type { Edge, ResourceKind } from '../resources/contract.ts';

/** Finds the kind of a resource; the registry is injected because the planner knows kinds only by their contract. */
export type KindOf = (kind: Resource['kind']) => ResourceKind;

/** Whose plan it is: goes into every mark. */
export interface Owner {
  readonly installation: string;
  readonly deployment: string;
}

/** One resource that must change, with both its sides. */
export interface ResourceChange {
  readonly ref: Ref;
  readonly goal: Resource | undefined;
  readonly observed: Observed | undefined;
  readonly change: Change;
}

/** What a resource needs, asked of its kind. */
export function needsOf(resource: Resource, kindOf: KindOf): readonly Edge[] {
  return kindOf(resource.kind).needs(resource);
}
