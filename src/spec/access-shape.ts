import type { AccessWish } from '../model/testbed.ts';
import { about, checked, union, type Shape } from './shape.ts';
import { record, required, table } from './shape-collections.ts';
import { ipShape } from './shape-network.ts';
import { choice } from './shape-scalars.ts';

const ip4 = checked(ipShape, (value) =>
  value.includes(':') ? { code: 'bad-address', message: `${value} is no IPv4 address` } : undefined,
);

const none: Shape<AccessWish> = (() => {
  const word = choice(['none']);
  return {
    json: word.json,
    read: (node, reading, name) =>
      word.read(node, reading, name) && { at: reading.whereOf(node), how: 'none', addresses: [] },
  };
})();

const addressed: Shape<AccessWish> = (() => {
  const fields = record({
    address: required(
      about('switch → the first IPv4 address the server takes there, one per host with guests', table(ip4)),
    ),
  });
  return {
    json: fields.json,
    read: (node, reading, name) => {
      const read = fields.read(node, reading, name);
      return (
        read && {
          at: read.at,
          how: 'addresses',
          addresses: read.address.map(({ key, at, value }) => ({ switch: key, ip: value, at })),
        }
      );
    },
  };
})();

/** `access`: how the server reaches guests. */
export const accessShape: Shape<AccessWish> = about(
  'how the server reaches guests: by IPv6 link-local addresses without this, by IPv4 too, or not at all (`none`)',
  union((node) => node.type === 'scalar', none, addressed),
);
