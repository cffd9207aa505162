import type { FailureData } from '../model/failure.ts';
import { copyOf, type ObservedState } from '../model/observed.ts';
import type { Ref } from '../model/ref.ts';
import type { Request } from '../model/request.ts';
import type { Resource } from '../model/resources.ts';
import { isForeign, type KindOf, type Owner, type ResourceChange } from './resource-change.ts';

/** What requests come to: changes beside those that comparing found, and requests that cannot be met. */
export interface Requested {
  readonly changes: readonly ResourceChange[];
  readonly refused: readonly FailureData[];
}

/** Asks the kind of each resource what a request changes. What is to be made anyway needs no verb. */
export function changesRequested(
  requests: readonly Request[],
  goals: ReadonlyMap<Ref, Resource>,
  observed: ObservedState,
  owner: Owner,
  kindOf: KindOf,
): Requested {
  const changes: ResourceChange[] = [];
  const refused: FailureData[] = [];
  for (const request of requests) {
    const goal = goals.get(request.ref);
    const found = copyOf(observed, request.ref, goal?.host);
    const subject = goal ?? found?.as;
    const silent = subject && observed.unknown.get(subject.host);
    if (silent !== undefined) refused.push(unanswered(request, subject!.host, silent));
    if (!subject || silent !== undefined || (found && isForeign(found, owner))) continue;
    const verb = kindOf(subject.kind).verbs?.[request.verb];
    const change = verb?.change(goal, found, request);
    if (!change) continue;
    if ('refused' in change) refused.push(refusalOf(request, subject, change.refused, change.hint));
    else changes.push({ ref: request.ref, goal: goal ?? found?.as, observed: found, change, request });
  }
  return { changes, refused };
}

function refusalOf({ verb }: Request, { guest, name, host }: Resource, why: string, hint: string): FailureData {
  const message = `${guest ?? name} cannot ${verb}: ${why}`;
  return { code: 'cannot-now', class: 'permanent', message, object: guest ?? name, host, hint };
}

function unanswered({ verb, ref }: Request, host: string, reason: string): FailureData {
  return {
    code: 'host-unreachable',
    class: 'permanent',
    message: `${ref} cannot ${verb}: host ${host} does not answer: ${reason}`,
    object: ref,
    host,
    hint: 'check the host and the hosts file; nothing has been touched',
  };
}
