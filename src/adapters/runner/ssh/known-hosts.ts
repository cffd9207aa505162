import { createHmac } from 'node:crypto';

/** A host key from a known_hosts file. */
export interface KnownKey {
  readonly type: string;
  /** The key as it travels on the wire. */
  readonly key: Buffer;
  readonly revoked: boolean;
}

/** The keys a known_hosts file holds for a host: plain, `[host]:port` and hashed entries, wildcards, negations. */
export function knownKeys(text: string, host: string, port: number): KnownKey[] {
  const name = port === 22 ? host.toLowerCase() : `[${host.toLowerCase()}]:${port}`;
  return text.split('\n').flatMap((line) => {
    const words = line.trim().split(/\s+/);
    if (words.length < 3 || words[0]!.startsWith('#')) return [];
    const marker = words[0]!.startsWith('@') ? words.shift() : undefined;
    const [names, type, key] = words;
    if (names === undefined || type === undefined || key === undefined || marker === '@cert-authority') return [];
    if (!matches(names, name)) return [];
    return [{ type, key: Buffer.from(key, 'base64'), revoked: marker === '@revoked' }];
  });
}

function matches(names: string, name: string): boolean {
  if (names.startsWith('|1|')) {
    const [, , salt = '', hash = ''] = names.split('|');
    return createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest('base64') === hash;
  }
  let matched = false;
  for (const each of names.toLowerCase().split(',')) {
    const negated = each.startsWith('!');
    if (!pattern(negated ? each.slice(1) : each).test(name)) continue;
    if (negated) return false;
    matched = true;
  }
  return matched;
}

function pattern(glob: string): RegExp {
  const text = glob
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${text}$`);
}

/** What the file says about a key the host showed. */
export function judgeKey(known: readonly KnownKey[], shown: Buffer): 'known' | 'unknown' | 'changed' | 'revoked' {
  const same = known.filter((each) => each.key.equals(shown));
  if (same.some((each) => each.revoked)) return 'revoked';
  if (same.length > 0) return 'known';
  return known.some((each) => !each.revoked) ? 'changed' : 'unknown';
}

/** Host key algorithms to ask for first, so that the host shows a key the file knows. */
export function algorithmsFor(known: readonly KnownKey[]): string[] {
  const types = [...new Set(known.filter((each) => !each.revoked).map((each) => each.type))];
  return types.flatMap((type) => (type === 'ssh-rsa' ? ['rsa-sha2-512', 'rsa-sha2-256'] : [type]));
}
