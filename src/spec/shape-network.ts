import { formatIp, formatSubnet, parseIp, parseSubnet } from '../model/ip.ts';
import { macNumber, parseMac } from '../model/mac.ts';
import type { Range } from '../model/testbed-network.ts';
import { checked, type Finding, type Shape } from './shape.ts';
import { record, required } from './shape-collections.ts';
import { text } from './shape-scalars.ts';

/** A name of ours on hosts and on the wire. */
export const nameShape: Shape<string> = checked(text, nameFinding, { pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$' });

/** What is wrong with a name, if anything. */
export function nameFinding(name: string): Finding | undefined {
  if (name.length > 63)
    return {
      code: 'name-too-long',
      message: `name \`${name.slice(0, 20)}…\` has ${name.length} characters; 63 is the most`,
    };
  if (/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name)) return undefined;
  const hint = 'letters, digits, `.`, `_` and `-`, the first a letter or digit';
  return { code: 'bad-name', message: `${JSON.stringify(name)} cannot be a name`, hint };
}

/** A user of a guest. */
export const userShape: Shape<string> = checked(text, (value) =>
  /^[a-z_][a-z0-9_-]{0,31}$/i.test(value)
    ? undefined
    : { code: 'bad-name', message: `${JSON.stringify(value)} cannot be a user name` },
);

/** A MAC address, in lower case. */
export const macShape: Shape<string> = mapped(
  text,
  (value) => parseMac(value),
  'bad-mac',
  'a MAC address such as `02:00:00:00:00:0a`',
);

/** An IP address, in its usual form. */
export const ipShape: Shape<string> = mapped(
  text,
  ipText,
  'bad-address',
  'an IP address without mask such as `10.0.0.5`',
);

/** An IP address, or `dynamic` for DHCP. */
export const ipOrDynamic: Shape<string> = mapped(
  text,
  (value) => (value === 'dynamic' ? value : ipText(value)),
  'bad-address',
  'an IP address without mask such as `10.0.0.5`, or `dynamic`',
);

/** An address with its prefix length: a subnet with the address of somebody in it. */
export const cidrShape: Shape<string> = mapped(
  text,
  cidrText,
  'bad-subnet',
  'an address with prefix length such as `10.0.0.1/24`',
);

/** An IP address or a subnet. */
export const ipOrCidr: Shape<string> = mapped(
  text,
  (value) => (value.includes('/') ? networkText(value) : ipText(value)),
  'bad-address',
  'an IP address or a subnet such as `10.0.0.0/24`',
);

/** A route's prefix, as the network it names. */
export const prefixShape: Shape<string> = mapped(text, networkText, 'bad-subnet', 'a subnet such as `10.0.0.0/24`');

/** First and last address of a range. */
export const ipRange: Shape<Range> = rangeOf(ipShape, (value) => parseIp(value)!.value);

/** First and last MAC address of a range. */
export const macRange: Shape<Range> = rangeOf(macShape, (value) => BigInt(macNumber(value)));

function rangeOf(bound: Shape<string>, valueOf: (value: string) => bigint): Shape<Range> {
  return checked(record({ from: required(bound), to: required(bound) }), ({ from, to }) => {
    if (from.includes('.') === to.includes('.') && valueOf(from) <= valueOf(to)) return undefined;
    return { code: 'bad-range', message: `${from} to ${to} is no range`, hint: '`from` comes first' };
  });
}

function ipText(value: string): string | undefined {
  const ip = parseIp(value);
  return ip && formatIp(ip);
}

function cidrText(value: string): string | undefined {
  const subnet = parseSubnet(value);
  return subnet && `${formatIp({ version: subnet.version, value: subnet.address })}/${subnet.prefix}`;
}

function networkText(value: string): string | undefined {
  const subnet = parseSubnet(value);
  return subnet && formatSubnet(subnet);
}

/** Reads a text into its usual form, and refuses what has none. */
function mapped(
  shape: Shape<string>,
  usual: (value: string) => string | undefined,
  code: 'bad-address' | 'bad-mac' | 'bad-subnet',
  wanted: string,
): Shape<string> {
  return {
    json: shape.json,
    read: (node, reading, name) => {
      const value = shape.read(node, reading, name);
      if (value === undefined) return undefined;
      const form = usual(value);
      if (form === undefined)
        reading.report(node, { code, message: `\`${name}\` must be ${wanted}, not ${JSON.stringify(value)}` });
      return form;
    },
  };
}
