import type { CloneWiring, Scaling } from '../model/testbed.ts';
import { pathShape } from './path-shape.ts';
import { about, union, type Shape, turned } from './shape.ts';
import { list, optional, record, required, withDefault, table } from './shape-collections.ts';
import { ipRange, ipShape, macRange } from './shape-network.ts';
import { choice, integer, text } from './shape-scalars.ts';

const cloneNumbers = list(integer({ max: 9_999 }));

const wiring = record({
  clones: required(about('numbers of clones on this switch, in the order of their addresses', cloneNumbers)),
  gateway: optional(ipShape),
  ip_type: optional(
    about(
      'where clones get their addresses: `dynamic` for DHCP, or a range with exactly as many addresses as clones',
      union((node) => node.type === 'scalar', choice(['dynamic']), record({ ip_range: required(ipRange) })),
    ),
  ),
  mac_range: optional(about('exactly as many MAC addresses as clones', macRange)),
});

const bySwitch: Shape<readonly CloneWiring[]> = turned(table(wiring), (entries) =>
  entries
    .map(({ key, value: { ip_type, ...rest } }) => ({
      ...rest,
      switch: key,
      ...(ip_type === undefined ? {} : { ip: typeof ip_type === 'string' ? ip_type : ip_type.ip_range }),
    }))
    // A clone's interfaces are numbered by switch name: the order of keys in a map says nothing.
    .sort((a, b) => (a.switch < b.switch ? -1 : 1)),
);

const byBridge: Shape<readonly CloneWiring[]> = turned(
  list(record({ bridge: required(text), clones: required(cloneNumbers) })),
  (entries) => entries.map(({ bridge, ...rest }) => ({ ...rest, switch: bridge, ip: 'dynamic' })),
);

const cloneScripts = list(record({ script: required(pathShape), clones: required(cloneNumbers) }));

const base = {
  count: required(about('clones, numbered from 0', integer({ max: 10_000 }))),
  interfaces: required(union((node) => node.type === 'list', byBridge, bySwitch)),
};

/** `scaling` of a libvirt machine. */
export const libvirtScaling: Shape<Scaling> = record({
  ...base,
  shared_setup: optional(about('runs once, in the golden image all clones share', pathShape)),
  clone_setup: withDefault(cloneScripts, () => []),
  clone_run: withDefault(cloneScripts, () => []),
});

/** `scaling` of containers and emulators. */
export const plainScaling: Shape<Scaling> = turned(record(base), (scaling) => ({
  ...scaling,
  clone_setup: [],
  clone_run: [],
}));
