import { type Ref, refOf } from '../model/ref.ts';
import type { Observed } from '../model/observed.ts';

/** What is remembered about the deployment whose mark a resource carries. */
export interface Claim {
  /** Host by resource, as its last plan wants it; undefined when that is not known. */
  readonly wants: ReadonlyMap<Ref, string> | undefined;
  /** True where the resource was found through the hosts file the deployment itself uses: names mean the same hosts. */
  readonly own: boolean;
}

/** Host by resource, of what is stored by host. */
export function wantedHosts(wants: Readonly<Record<string, readonly Ref[]>>): ReadonlyMap<Ref, string> {
  return new Map(Object.entries(wants).flatMap(([host, refs]) => refs.map((ref) => [ref, host] as const)));
}

/** Why nobody owns a resource of ours; undefined when somebody does, or may. Doubt never removes anything. */
export function whySurplus({ as, label }: Observed, claim: Claim | undefined): string | undefined {
  const deployment = label?.deployment ?? '';
  if (!claim) return `there is no deployment ${deployment} any more`;
  // What a person asked for is ended by its deployment, as long as there is one.
  if (!claim.wants || label?.life === 'person') return undefined;
  const host = claim.wants.get(refOf(as));
  if (host === undefined) return `the last plan of ${deployment} does not hold it`;
  return claim.own && host !== as.host ? `the last plan of ${deployment} has it on ${host}` : undefined;
}
