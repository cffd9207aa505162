import type { Ref } from '../model/ref.ts';
import { refOf } from '../model/ref.ts';
import type { Request, VerbName } from '../model/request.ts';
import type { Resource } from '../model/resources.ts';
import { kinds } from '../resources/registry.ts';
import type { RunInput } from '../workflows/contract.ts';

/**
 * What the flags of `up` ask beside what the file says: verbs, one mechanism for all of them. The only place that says
 * what a command means for which kind; without one it means every resource whose kind knows the verb.
 */
const flags: readonly {
  readonly option: 'forceProvisioning' | 'rerunScripts' | 'reapplyAcl';
  readonly verb: VerbName;
  readonly kind?: Resource['kind'];
}[] = [
  { option: 'forceProvisioning', verb: 'rebuild', kind: 'disk' },
  { option: 'rerunScripts', verb: 'rerun' },
  { option: 'reapplyAcl', verb: 'rebuild', kind: 'ovn.acl' },
];

/** Requests of `up`'s flags, about everything that is wanted. */
export function requestsOfFlags(input: RunInput, at: string, desired: readonly Resource[]): Request[] {
  return flags.flatMap(({ option, verb, kind }) =>
    input.options[option] === true
      ? requestsFor(
          input,
          at,
          verb,
          desired.filter((each) => kind === undefined || each.kind === kind),
        )
      : [],
  );
}

/** Requests of a verb about guests: of each resource of theirs whose kind knows the verb. */
export function requestsFor(input: RunInput, at: string, verb: VerbName, resources: readonly Resource[]): Request[] {
  const { by, nonce: id, options } = input;
  const more = options.stopSeconds === undefined ? {} : { stopSeconds: options.stopSeconds };
  const refs = new Set<Ref>(
    resources.filter(({ kind }) => kinds.get(kind)?.verbs?.[verb] !== undefined).map((each) => refOf(each)),
  );
  return [...refs].map((ref) => ({ verb, ref, by, at, id, ...more }));
}
