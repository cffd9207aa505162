import { Failure } from '../../model/failure.ts';
import { labelFromPairs, type OwnerLabel } from '../../model/owner-label.ts';
import type { RunContext } from '../../ports/carrier.ts';
import type { Scope } from '../../resources/contract.ts';

/** True for what this deployment of this installation made. */
export function isOwned(label: OwnerLabel | undefined, { deployment, installation }: RunContext): boolean {
  return label?.deployment === deployment && label.installation === installation;
}

/** Throws Failure for what bears another owner's label or none, as the real carriers do before they remove anything. */
export function refuseForeign(label: OwnerLabel | undefined, what: string, context: RunContext): void {
  if (isOwned(label, context)) return;
  const message = `${what} does not say that it is of this deployment and installation`;
  throw new Failure({ code: 'name-taken', class: 'permanent', message, object: what });
}

/** The label in a row's `external_ids`. */
export function labelIn(pairs: unknown): OwnerLabel | undefined {
  return labelFromPairs((pairs ?? {}) as Readonly<Record<string, string>>)?.label;
}

/** True for what an observation is about. */
export function isMeant(label: OwnerLabel, scope: Scope): boolean {
  return scope.deployment === undefined || label.deployment === scope.deployment;
}
