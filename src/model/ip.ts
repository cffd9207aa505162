/** An IP address: version and number. */
export interface Ip {
  readonly version: 4 | 6;
  readonly value: bigint;
}

/** An address with a prefix length; `base` is the first address of its network. */
export interface Subnet {
  readonly version: 4 | 6;
  readonly address: bigint;
  readonly base: bigint;
  readonly prefix: number;
}

const bitsOf = { 4: 32, 6: 128 } as const;

/** Reads an IPv4 or IPv6 address; undefined when it is none. Leading zeros are refused: some read them as octal. */
export function parseIp(text: string): Ip | undefined {
  return text.includes(':') ? parseIp6(text) : parseIp4(text);
}

function parseIp4(text: string): Ip | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255))
    return undefined;
  return { version: 4, value: parts.reduce((sum, part) => sum * 256n + BigInt(part), 0n) };
}

function parseIp6(text: string): Ip | undefined {
  const [head = '', tail, ...more] = text.split('::');
  if (more.length > 0) return undefined;
  const left = groupsOf(head);
  const right = tail === undefined ? [] : groupsOf(tail);
  if (!left || !right) return undefined;
  const missing = 8 - left.length - right.length;
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined;
  const groups = [...left, ...Array<bigint>(missing).fill(0n), ...right];
  return { version: 6, value: groups.reduce((sum, group) => sum * 65536n + group, 0n) };
}

/** Groups of 16 bits of a part of an IPv6 address; the last may be written as IPv4. */
function groupsOf(text: string): bigint[] | undefined {
  if (text === '') return [];
  const groups: bigint[] = [];
  const parts = text.split(':');
  for (const [index, part] of parts.entries()) {
    if (index === parts.length - 1 && part.includes('.')) {
      const v4 = parseIp4(part);
      if (!v4) return undefined;
      groups.push(v4.value >> 16n, v4.value & 0xffffn);
    } else if (/^[0-9a-f]{1,4}$/i.test(part)) {
      groups.push(BigInt(`0x${part}`));
    } else {
      return undefined;
    }
  }
  return groups;
}

/** The usual text of an address: IPv6 in lower case with its longest run of zeros shortened. */
export function formatIp({ version, value }: Ip): string {
  if (version === 4) return [24n, 16n, 8n, 0n].map((shift) => String((value >> shift) & 255n)).join('.');
  const groups = Array.from({ length: 8 }, (_, i) => (value >> BigInt(112 - 16 * i)) & 0xffffn);
  const text = groups.map((group) => group.toString(16));
  const run = longestZeros(groups);
  if (run.length < 2) return text.join(':');
  return `${text.slice(0, run.start).join(':')}::${text.slice(run.start + run.length).join(':')}`;
}

function longestZeros(groups: readonly bigint[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  let start = 0;
  for (const [index, group] of groups.entries()) {
    if (group !== 0n) start = index + 1;
    else if (index + 1 - start > best.length) best = { start, length: index + 1 - start };
  }
  return best;
}

/** Reads `address/prefix`; undefined when it is none. */
export function parseSubnet(text: string): Subnet | undefined {
  const [address = '', length, ...more] = text.split('/');
  const ip = parseIp(address);
  if (!ip || length === undefined || more.length > 0 || !/^\d{1,3}$/.test(length)) return undefined;
  const prefix = Number(length);
  const bits = bitsOf[ip.version];
  if (prefix > bits) return undefined;
  const host = BigInt(bits - prefix);
  return { version: ip.version, address: ip.value, base: (ip.value >> host) << host, prefix };
}

/** The network itself, such as `10.0.0.0/24`. */
export function formatSubnet({ version, base, prefix }: Subnet): string {
  return `${formatIp({ version, value: base })}/${prefix}`;
}

/** How many addresses a subnet has. */
export function sizeOf({ version, prefix }: Subnet): bigint {
  return 1n << BigInt(bitsOf[version] - prefix);
}

/** Whether an address lies in a subnet. */
export function contains(subnet: Subnet, ip: Ip): boolean {
  return ip.version === subnet.version && ip.value >= subnet.base && ip.value < subnet.base + sizeOf(subnet);
}

/** Whether two subnets share an address. */
export function overlaps(a: Subnet, b: Subnet): boolean {
  return a.version === b.version && a.base < b.base + sizeOf(b) && b.base < a.base + sizeOf(a);
}
