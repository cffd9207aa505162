import { Failure } from '../model/failure.ts';
import type { Resource } from '../model/resources.ts';
import { similar } from '../model/similar.ts';

/**
 * The guests that patterns name: with or without the deployment's prefix, `*` and `?` as in a shell. Throws Failure
 * `no-such-guest` for a pattern that names none.
 */
export function guestsMeant(
  patterns: readonly string[],
  resources: readonly Resource[],
  deployment: string,
): ReadonlySet<string> {
  const known = [...new Set(resources.flatMap(({ guest }) => guest ?? []))].sort();
  const meant = new Set<string>();
  for (const pattern of patterns) {
    const matches = known.filter((name) => isMatch(pattern, name) || isMatch(pattern, `${deployment}-${name}`));
    if (matches.length === 0) throw unknownGuest(pattern, known, deployment);
    for (const name of matches) meant.add(name);
  }
  return meant;
}

function isMatch(pattern: string, name: string): boolean {
  const parts = pattern.split(/([*?])/).map((part) => (part === '*' ? '.*' : part === '?' ? '.' : escaped(part)));
  return new RegExp(`^${parts.join('')}$`).test(name);
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

function unknownGuest(pattern: string, known: readonly string[], deployment: string): Failure {
  const meant = similar(pattern, known);
  const listed = known.length === 0 ? 'it has no guests' : `it has ${known.slice(0, 20).join(', ')}`;
  return new Failure({
    code: 'no-such-guest',
    class: 'permanent',
    message: `${deployment} has no guest ${pattern}`,
    object: pattern,
    hint: meant === undefined ? listed : `did you mean ${meant}?`,
  });
}
