import type { FailureData } from '../model/failure.ts';
import { type Ref, refOf } from '../model/ref.ts';
import type { ObservedState } from '../model/observed.ts';
import type { Resource } from '../model/resources.ts';

/** A reader takes in a few names. */
const listed = 10;

/**
 * What was last known on a host that does not answer is never made a second time elsewhere: two guests with one MAC
 * address, and neither of them known. One failure for each such host.
 */
export function* refuseDoubles(
  { before = [], observed }: { readonly before?: readonly Resource[]; readonly observed: ObservedState },
  goals: ReadonlyMap<Ref, Resource>,
): Generator<FailureData> {
  const held = new Map<string, Resource[]>();
  for (const each of before) {
    const goal = goals.get(refOf(each));
    if (!goal || goal.host === each.host || !observed.unknown.has(each.host)) continue;
    if (observed.copies.has(refOf(each))) continue;
    held.set(each.host, [...(held.get(each.host) ?? []), each]);
  }
  for (const [host, resources] of held) yield failureOf(host, resources, observed.unknown.get(host)!);
}

function failureOf(host: string, resources: readonly Resource[], reason: string): FailureData {
  const guests = [...new Set(resources.flatMap(({ guest }) => guest ?? []))].sort();
  const what = guests.length > 0 ? guests : resources.map(refOf);
  const more = what.length > listed ? ` and ${what.length - listed} more` : '';
  return {
    code: 'held-elsewhere',
    class: 'permanent',
    message: `${what.slice(0, listed).join(', ')}${more} was last on ${host}, which does not answer (${reason}), and is wanted elsewhere now`,
    object: what[0]!,
    host,
    hint: `nothing has been touched: repair ${host} and run up --replace, or, when it never comes back, run host forget ${host}`,
  };
}
