import { formatIp } from './ip.ts';

/** Reads a MAC address: six groups of two hexadecimal digits; undefined when it is none, all zeros or a group address. */
export function parseMac(text: string): string | undefined {
  const mac = text.toLowerCase();
  if (!/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/.test(mac) || mac === '00:00:00:00:00:00') return undefined;
  return Number.parseInt(mac.slice(0, 2), 16) & 1 ? undefined : mac;
}

/** The number a MAC address is. */
export function macNumber(mac: string): number {
  return Number.parseInt(mac.replaceAll(':', ''), 16);
}

/** The MAC address a number is. */
export function macFromNumber(value: number): string {
  return value.toString(16).padStart(12, '0').match(/../g)!.join(':');
}

/** The link-local address a guest makes from its MAC: `fe80::` and the modified EUI-64. */
export function linkLocal(mac: string): string {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = mac.split(':').map((part) => Number.parseInt(part, 16));
  const groups = [0xfe80, 0, 0, 0, ((a ^ 2) << 8) | b, (c << 8) | 0xff, 0xfe00 | d, (e << 8) | f];
  return formatIp({ version: 6, value: groups.reduce((sum, group) => sum * 65536n + BigInt(group), 0n) });
}
