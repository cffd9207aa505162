import type { Change, Effect, Impact } from '../../model/plan.ts';
import type { Resource } from '../../model/resources.ts';
import type { Observed } from '../../model/observed.ts';
import { stableJson } from '../../model/stable-json.ts';

/** How a kind's differences are to be judged. */
export interface CompareRule<R extends Resource> {
  /** Fields that cannot be changed in place. */
  readonly remake?: readonly (keyof R & string)[];
  /** Effect of a change in place, of a remake and of a removal. */
  readonly update?: Effect;
  readonly remakeEffect?: Effect;
  readonly deleteEffect?: Effect;
  /** Fields that say nothing about the thing itself. */
  readonly ignore?: readonly (keyof R & string)[];
}

/** Compares by fields: missing, surplus, moved, changed, drifted. The cause is what a person reads in the plan. */
export function compareFields<R extends Resource>(
  goal: R | undefined,
  observed: Observed<R> | undefined,
  rule: CompareRule<R> = {},
): Change | undefined {
  if (!goal && !observed) return undefined;
  if (!goal)
    return { action: 'delete', cause: 'not in the file', impact: impact(rule.deleteEffect ?? 'none', observed!.as) };
  if (!observed) return { action: 'create', cause: 'missing', impact: impact('none', goal) };
  if (goal.host !== observed.as.host) {
    return { action: 'remake', cause: `moves from ${observed.as.host} to ${goal.host}`, impact: impact('move', goal) };
  }
  const fields = differingFields(goal, observed.as, rule.ignore ?? []);
  const fixed = fields.filter((field) => rule.remake?.includes(field as never));
  if (fixed.length > 0) {
    return {
      action: 'remake',
      cause: causeOf(goal, observed.as, fixed),
      impact: impact(rule.remakeEffect ?? 'remake', goal),
    };
  }
  const cause = [
    ...(observed.drift === undefined ? [] : [observed.drift]),
    ...(fields.length > 0 ? [causeOf(goal, observed.as, fields)] : []),
  ];
  if (cause.length === 0) return undefined;
  return {
    action: 'update',
    cause: cause.join(', '),
    impact: impact(rule.update ?? 'live', goal),
    ...(observed.asked ? { asked: true } : {}),
  };
}

/** An impact on the guest a resource belongs to. */
export function impact(effect: Effect, resource: Resource): Impact {
  return { effect, felt: effect === 'none' || resource.guest === undefined ? [] : [resource.guest] };
}

/** Names of fields in which two resources differ, sorted. */
export function differingFields(a: Resource, b: Resource, ignore: readonly string[] = []): string[] {
  const left = a as unknown as Record<string, unknown>;
  const right = b as unknown as Record<string, unknown>;
  return [...new Set([...Object.keys(left), ...Object.keys(right)])]
    .filter((field) => field !== 'recordedAs' && !ignore.includes(field) && !isSame(left[field], right[field]))
    .sort();
}

function isSame(a: unknown, b: unknown): boolean {
  return a === b || (typeof a === 'object' && typeof b === 'object' && contentOf(a) === contentOf(b));
}

/** A value as text to compare. A blob is its hash: where on the server's machine it lies says nothing about it. */
export function contentOf(value: unknown): string {
  return stableJson(blobsByHash(value));
}

function blobsByHash(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(blobsByHash);
  if (value === null || typeof value !== 'object') return value;
  // The size is not known before an image is pulled, and the hash says it too.
  const left = 'sha256' in value ? ['source', 'size'] : [];
  const entries = Object.entries(value).filter(([key]) => !left.includes(key));
  return Object.fromEntries(entries.map(([key, each]) => [key, blobsByHash(each)]));
}

function causeOf(goal: Resource, observed: Resource, fields: readonly string[]): string {
  const wanted = goal as unknown as Record<string, unknown>;
  const found = observed as unknown as Record<string, unknown>;
  return fields.map((field) => difference(field, found[field], wanted[field])).join(', ');
}

/** Both values where a person can take them in; otherwise only that they differ. */
function difference(field: string, before: unknown, after: unknown): string {
  const texts = [before, after].map((value) => (value === undefined ? 'none' : plain(value)));
  return texts.some((text) => text.length > 60) ? `${field} changed` : `${field} ${texts.join(' → ')}`;
}

function plain(value: unknown): string {
  return typeof value === 'string' ? value : contentOf(value);
}
