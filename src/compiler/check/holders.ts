import type { Position } from '../../model/diagnostic.ts';
import type { CompileContext } from '../compile-context.ts';
import { serverAddresses } from '../server-addresses.ts';

/** Somebody's address on a switch. */
export interface Holder {
  readonly switch: string;
  readonly who: string;
  readonly at: Position;
  readonly ip: string | undefined;
  /** Only what the file gives: ours are made of names and cannot clash. */
  readonly mac: string | undefined;
  readonly macAt: Position;
}

/** Everybody who has an address on a switch: guests, ports of the file, routers, and the server. */
export function holdersOf({ guests, inventory, ovn, testbed }: CompileContext): Holder[] {
  if (testbed.network.kind !== 'ovn') return [];
  return [
    ...guests.flatMap((guest) =>
      guest.interfaces.map((each) => ({
        switch: each.switch.name,
        who: `\`${guest.name}\``,
        at: each.at(guest.clone === undefined ? 'ip' : 'ip_type'),
        ip: each.ip === 'dynamic' ? undefined : each.ip,
        mac: each.declared.mac,
        macAt: each.at(guest.clone === undefined ? 'mac' : 'mac_range'),
      })),
    ),
    ...ovn.switches.flatMap(({ name, ports }) =>
      ports.flatMap(({ at, internal, name: port }) =>
        internal
          ? [
              {
                switch: name,
                who: `port \`${port}\``,
                at: at('internal', 'ip'),
                ip: internal.ip,
                mac: internal.mac,
                macAt: at('internal', 'mac'),
              },
            ]
          : [],
      ),
    ),
    ...ovn.routers.flatMap(({ ports }) =>
      ports.map((port) => ({
        switch: port.switch,
        who: `router port \`${port.name}\``,
        at: port.at('gateway_ip'),
        ip: port.gateway_ip.split('/')[0],
        mac: port.mac,
        macAt: port.at('mac'),
      })),
    ),
    ...serverAddresses(testbed, inventory).map(({ switch: parent, host, ip, at }) => ({
      switch: parent,
      who: `the server, from host \`${host}\`,`,
      at,
      ip,
      mac: undefined,
      macAt: at,
    })),
  ];
}
