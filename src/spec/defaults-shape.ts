import type { Defaults } from './defaults.ts';
import { about, type Shape } from './shape.ts';
import { optional, record } from './shape-collections.ts';
import { userShape } from './shape-network.ts';
import { integer, text } from './shape-scalars.ts';

const defaults = record({
  cpus: optional(integer({ min: 1, max: 4_096 })),
  memory_mb: optional(integer({ min: 1 })),
  username: optional(userShape),
  image: optional(about('a name of the image catalogue, for machines without `libvirt_type`', text)),
});

/** `defaults` of a file: read before its machines, which ask the reading for them. */
export const defaultsShape: Shape<Defaults> = {
  json: { ...defaults.json, description: 'what libvirt machines have that do not say otherwise' },
  read: (node, reading, name) => {
    const read = defaults.read(node, reading, name);
    if (read) {
      const { at: _at, ...given } = read;
      reading.defaults = { ...reading.defaults, ...given };
    }
    return read;
  },
};
