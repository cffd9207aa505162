import type { HostFacts } from '../model/host.ts';
import type { PlacementPolicy } from '../model/testbed.ts';

/** What placing needs to know about something that will run. */
export interface Placeable {
  readonly name: string;
  /** What it is called in wishes: a clone answers to its base's name too. */
  readonly aliases: readonly string[];
  readonly memoryMiB: number;
  readonly cpus: number;
  /** The only host that will do. */
  readonly pinned?: string;
  readonly avoid: readonly string[];
  readonly together: readonly string[];
  readonly apart: readonly string[];
}

/** A host as placing sees it; capacities are undefined while nobody asked the host. */
export interface Room {
  readonly name: string;
  readonly facts?: HostFacts | undefined;
}

/** Where everything goes, and for whom no host was right. */
export interface Placement {
  readonly hosts: ReadonlyMap<string, string>;
  readonly unplaceable: readonly string[];
}

interface Load {
  count: number;
  memoryMiB: number;
  cpus: number;
}

/**
 * Gives everything a host, in the order of the file. What has a place keeps it while that is possible, so an unrelated
 * edit never moves a guest; the policy decides for what is new.
 */
export function place(
  items: readonly Placeable[],
  rooms: readonly Room[],
  policy: PlacementPolicy,
  main: string,
  kept: Readonly<Record<string, string>>,
): Placement {
  const board = new Board(rooms, main);
  const constraints = constraintsOf(items);
  const unplaceable: string[] = [];
  for (const item of items) {
    const host = Object.hasOwn(kept, item.name) ? kept[item.name] : undefined;
    if (host !== undefined && board.candidates(item, constraints).includes(host)) board.put(item, host);
  }
  for (const item of items) {
    if (board.hosts.has(item.name)) continue;
    const candidates = board.candidates(item, constraints);
    if (candidates.length === 0) unplaceable.push(item.name);
    board.put(item, board.choose(candidates.length > 0 ? candidates : rooms.map(({ name }) => name), item, policy));
  }
  return { hosts: board.hosts, unplaceable };
}

type Constraints = ReadonlyMap<string, { readonly together: ReadonlySet<string>; readonly apart: ReadonlySet<string> }>;

/** Wishes hold for both sides, whoever wrote them. */
function constraintsOf(items: readonly Placeable[]): Constraints {
  const called = new Map<string, string[]>();
  for (const item of items)
    for (const alias of item.aliases) called.set(alias, [...(called.get(alias) ?? []), item.name]);
  const constraints = new Map<string, { together: Set<string>; apart: Set<string> }>();
  const of = (name: string) =>
    constraints.get(name) ?? constraints.set(name, { together: new Set(), apart: new Set() }).get(name)!;
  const link = (side: 'together' | 'apart', item: Placeable): void => {
    for (const other of item[side].flatMap((alias) => called.get(alias) ?? [])) {
      if (other === item.name) continue;
      of(item.name)[side].add(other);
      of(other)[side].add(item.name);
    }
  };
  for (const item of items) {
    link('together', item);
    link('apart', item);
  }
  return constraints;
}

class Board {
  readonly hosts = new Map<string, string>();
  readonly #rooms: readonly Room[];
  readonly #main: string;
  readonly #load: Map<string, Load>;

  constructor(rooms: readonly Room[], main: string) {
    this.#rooms = rooms;
    this.#main = main;
    this.#load = new Map(rooms.map(({ name }) => [name, { count: 0, memoryMiB: 0, cpus: 0 }]));
  }

  put(item: Placeable, host: string): void {
    this.hosts.set(item.name, host);
    const load = this.#load.get(host)!;
    load.count += 1;
    load.memoryMiB += item.memoryMiB;
    load.cpus += item.cpus;
  }

  /** Hosts that break no wish, as far as others have their place. */
  candidates(item: Placeable, constraints: Constraints): string[] {
    const constraint = constraints.get(item.name);
    const hostsOf = (names: Iterable<string>): string[] => [...names].flatMap((name) => this.hosts.get(name) ?? []);
    const near = new Set(hostsOf(constraint?.together ?? []));
    const far = new Set(hostsOf(constraint?.apart ?? []));
    return this.#rooms
      .map(({ name }) => name)
      .filter(
        (host) =>
          (item.pinned === undefined || item.pinned === host) &&
          !item.avoid.includes(host) &&
          !far.has(host) &&
          (near.size === 0 || (near.size === 1 && near.has(host))),
      );
  }

  choose(candidates: readonly string[], item: Placeable, policy: PlacementPolicy): string {
    switch (policy) {
      case 'NaiveRoundRobin':
        return this.#least(candidates, (load) => load.count);
      case 'Balanced':
        return this.#least(candidates, (load, host) => this.#pressure(load, host, item));
      case 'MainFirst':
        return this.#firstWithRoom(
          [...candidates].sort((a, b) => Number(b === this.#main) - Number(a === this.#main)),
          item,
        );
      case 'Fill':
        return this.#firstWithRoom(candidates, item);
    }
  }

  /** The first of the least loaded: from nothing, that is round-robin. */
  #least(candidates: readonly string[], measure: (load: Load, host: string) => number): string {
    const loads = candidates.map((host) => measure(this.#load.get(host)!, host));
    return candidates[loads.indexOf(Math.min(...loads))]!;
  }

  /** How full the scarcest thing on a host would be, a host nobody asked counting as any other. */
  #pressure(load: Load, host: string, item: Placeable): number {
    const facts = this.#rooms.find(({ name }) => name === host)?.facts;
    const memory = (load.memoryMiB + item.memoryMiB) / (facts?.memoryMiB || 65_536);
    const cpus = (load.cpus + item.cpus) / (facts?.cores || 16);
    return Math.max(memory, cpus / 4);
  }

  #firstWithRoom(candidates: readonly string[], item: Placeable): string {
    const fits = (host: string): boolean => {
      const facts = this.#rooms.find(({ name }) => name === host)?.facts;
      return facts === undefined || this.#load.get(host)!.memoryMiB + item.memoryMiB <= facts.memoryMiB * 0.9;
    };
    return candidates.find(fits) ?? this.#least(candidates, (load, host) => this.#pressure(load, host, item));
  }
}
