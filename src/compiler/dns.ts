import type { OvnDns } from '../model/resources.ts';
import type { Guest, GuestInterface, CompileContext } from './compile-context.ts';

/**
 * The names OVN answers for: on every switch its machines, as they are called in the file and on hosts. One record per
 * machine, so that one more changes nothing of the others; where DHCP decides there is no address to tell.
 */
export function compileDns(context: CompileContext): OvnDns[] {
  if (context.testbed.network.kind !== 'ovn') return [];
  const answering = new Set(context.ovn.switches.filter(({ dns }) => dns).map(({ name }) => name));
  return context.guests.flatMap((guest) => {
    const known = guest.interfaces.filter(({ ip, switch: { name } }) => answering.has(name) && isAddress(ip));
    const switches = new Set(known.map(({ switch: { name } }) => name));
    return [...switches].map((parent) =>
      recordsOf(
        context,
        guest,
        known.filter((each) => each.switch.name === parent),
      ),
    );
  });
}

function isAddress(ip: string | undefined): boolean {
  return ip !== undefined && ip !== 'dynamic';
}

function recordsOf({ names, inventory }: CompileContext, guest: Guest, interfaces: readonly GuestInterface[]): OvnDns {
  // Named as its first port: two machines never come to one name of a port.
  const { port, switch: parent } = interfaces[0]!;
  const addresses = interfaces.map(({ ip }) => ip!).join(' ');
  const own = names.own(guest.name);
  return {
    kind: 'ovn.dns',
    name: port,
    host: inventory.main,
    guest: guest.name,
    switch: names.own(parent.name),
    records: { [guest.name.toLowerCase()]: addresses, [own.toLowerCase()]: addresses },
  };
}
