import type { PicturedMachine, Topology } from './topology.ts';

/** More clones alike than this are drawn as one stack. */
const mostAlike = 3;

/** One box: a machine, or a stack of clones that are wired alike on one host. */
export interface MachineNode {
  readonly id: string;
  readonly title: string;
  readonly count: number;
  readonly kind: PicturedMachine['kind'];
  readonly host: string;
  readonly about: string;
  readonly interfaces: readonly { readonly network: string; readonly address: string }[];
}

/** The boxes of a topology, in the order of the file. */
export function machineNodes({ machines }: Topology): MachineNode[] {
  const alike = new Map<string, PicturedMachine[]>();
  for (const machine of machines) {
    const networks = machine.interfaces.map(({ network }) => network).join('\0');
    const key = machine.cloneOf === undefined ? machine.name : [machine.cloneOf, machine.host, networks].join('\0\0');
    alike.set(key, [...(alike.get(key) ?? []), machine]);
  }
  return [...alike.values()].flatMap((members) =>
    members.length > mostAlike ? [nodeOf(members)] : members.map((one) => nodeOf([one])),
  );
}

function nodeOf(members: readonly PicturedMachine[]): MachineNode {
  const first = members[0]!;
  const last = members.at(-1)!;
  return {
    id: first.name,
    title: members.length === 1 ? first.name : (first.cloneOf ?? first.name),
    count: members.length,
    kind: first.kind,
    host: first.host,
    about: first.about,
    interfaces: first.interfaces.map(({ network, address }, index) => ({
      network,
      address: rangeText(address, last.interfaces[index]?.address, members.length),
    })),
  };
}

function rangeText(from: string | undefined, to: string | undefined, count: number): string {
  if (from === undefined) return '';
  if (from === 'dynamic') return 'DHCP';
  if (to === undefined || from === to) return from;
  if (numberAtEnd(to) - numberAtEnd(from) !== count - 1) return `${count} addresses`;
  return `${from} … ${to.slice(Math.max(to.lastIndexOf('.'), to.lastIndexOf(':')))}`;
}

function numberAtEnd(address: string): number {
  const end = address.slice(Math.max(address.lastIndexOf('.'), address.lastIndexOf(':')) + 1);
  return Number.parseInt(end, address.includes(':') ? 16 : 10);
}
