import { createHash } from 'node:crypto';

/** UUIDv5 (RFC 9562) of a name in this product's own namespace, so that a row has one identity for ever. */
export function uuid5(...parts: readonly string[]): string {
  const namespace = Buffer.from('6f6c2a5e3b7d4f0c9a1e5d2b8c7f4e10', 'hex');
  const hash = createHash('sha1').update(namespace).update(parts.join('\0')).digest();
  hash[6] = (hash[6]! & 0x0f) | 0x50;
  hash[8] = (hash[8]! & 0x3f) | 0x80;
  const hex = hash.toString('hex').slice(0, 32);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
