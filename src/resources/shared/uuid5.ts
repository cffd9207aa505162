import { hash } from 'node:crypto';

const namespace = Buffer.from('6f6c2a5e3b7d4f0c9a1e5d2b8c7f4e10', 'hex');

/** A switch is named by all of its ports, and each port by what makes it and by what rolls it back. */
const known = new Map<string, string>();
const mostKnown = 10_000;

/** UUIDv5 (RFC 9562) of a name in this product's own namespace, so that a row has one identity for ever. */
export function uuid5(...parts: readonly string[]): string {
  const name = parts.join('\0');
  const before = known.get(name);
  if (before !== undefined) return before;
  if (known.size >= mostKnown) known.clear();
  const uuid = uuidOf(name);
  known.set(name, uuid);
  return uuid;
}

function uuidOf(name: string): string {
  const bytes = hash('sha1', Buffer.concat([namespace, Buffer.from(name)]), 'buffer');
  bytes[6] = (bytes[6]! & 0x0f) | 0x50;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString('hex').slice(0, 32);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
