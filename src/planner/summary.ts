import type { Action } from '../model/plan.ts';
import type { DraftItem } from './items.ts';

/** The word people read for an action. */
export function actionWord(action: Action): string {
  return action === 'update' ? 'change' : action === 'delete' ? 'remove' : action;
}

/** `create 12 disk, 12 seed on h2: missing`, within the 200 bytes Temporal shows of a summary. */
export function summarize(items: readonly DraftItem[], host: string): string {
  const groups = new Map<string, { verb: string; kind: string; n: number; causes: Set<string> }>();
  for (const item of items) {
    const key = `${item.action} ${item.resource.kind}`;
    const group = groups.get(key) ?? {
      verb: actionWord(item.action),
      kind: item.resource.kind,
      n: 0,
      causes: new Set(),
    };
    group.n += 1;
    group.causes.add(item.cause);
    groups.set(key, group);
  }
  const byVerb = new Map<string, string[]>();
  const causes = new Set<string>();
  for (const { verb, kind, n, causes: own } of groups.values()) {
    byVerb.set(verb, [...(byVerb.get(verb) ?? []), `${n} ${kind}`]);
    own.forEach((cause) => causes.add(cause));
  }
  const what = [...byVerb].map(([verb, kinds]) => `${verb} ${kinds.join(', ')}`).join('; ');
  const text = `${what} on ${host}: ${[...causes].join(', ')}`;
  return text.length <= 180 ? text : `${text.slice(0, 179)}…`;
}
