import type { Observed } from '../model/observed.ts';
import type { Change } from '../model/plan.ts';
import type { Ref } from '../model/ref.ts';
import type { Request } from '../model/request.ts';
import type { Resource } from '../model/resources.ts';
import type { Edge, ResourceKind } from '../resources/contract.ts';

/** Finds the kind of a resource; the registry is injected because the planner knows kinds only by their contract. */
export type KindOf = (kind: Resource['kind']) => ResourceKind;

/** Whose plan it is: goes into every owner label. */
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
  /** What a person asked for, where that is the cause. */
  readonly request?: Request;
  /** A copy beside the one that is compared: only its host tells the two apart. */
  readonly surplus?: true;
}

/** What a resource needs, asked of its kind. */
export function needsOf(resource: Resource, kindOf: KindOf): readonly Edge[] {
  return kindOf(resource.kind).needs(resource);
}

/** True for what this deployment of this installation did not make. */
export function isForeign({ label }: Observed, owner: Owner): boolean {
  return label?.installation !== owner.installation || label.deployment !== owner.deployment;
}
