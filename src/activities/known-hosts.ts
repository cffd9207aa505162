import type { Host, Inventory, KnownHost } from '../model/host.ts';
import type { ObservedState } from '../model/observed.ts';
import type { Resource } from '../model/resources.ts';
import type { DeploymentRecord } from '../ports/store.ts';

/** Who is asked: today's hosts, and every machine the deployment may still have something on. */
export interface Candidates {
  /** Today's hosts first, then remembered ones that go by another name or another way now. */
  readonly inventory: Inventory;
  /** Names under which rows of the northbound database may lie. */
  readonly mains: ReadonlySet<string>;
  /** Remembered machines by the name they are asked under. */
  readonly remembered: ReadonlyMap<string, KnownHost>;
  readonly today: ReadonlySet<string>;
}

/** All machines to ask. */
export function candidatesOf(today: Inventory, known: readonly KnownHost[]): Candidates {
  const names = new Set(today.hosts.map(({ name }) => name));
  const hosts = [...today.hosts];
  const mains = new Set([today.main]);
  const remembered = new Map<string, KnownHost>();
  for (const each of known) {
    const namesake = today.hosts.find(({ name }) => name === each.host.name);
    const name = !namesake || isSameWay(namesake, each.host) ? each.host.name : `${each.host.name} (before)`;
    if (!names.has(name)) hosts.push({ ...each.host, name });
    remembered.set(name, each);
    if (each.main) mains.add(name);
  }
  return { inventory: { main: today.main, hosts }, mains, remembered, today: names };
}

/** What the answers say about which machine is which. */
export interface Identified {
  /** Today's hosts and those remembered machines that go by no name of today's. */
  readonly inventory: Inventory;
  /** Names that lead to a machine that was asked under another name. */
  readonly aliases: ReadonlyMap<string, string>;
}

/**
 * One machine under two names is one host, because an id lies on it; a remembered name that leads to another machine
 * now is a host that does not answer.
 */
export function identify(
  { inventory, remembered, today }: Candidates,
  idOf: (host: string) => string | undefined,
): Identified {
  const byId = new Map<string, string>();
  for (const { name } of inventory.hosts) {
    const id = idOf(name);
    if (id !== undefined && !byId.has(id)) byId.set(id, name);
  }
  const aliases = new Map<string, string>();
  for (const [name, { id }] of remembered) {
    const is = id === undefined ? undefined : byId.get(id);
    if (is !== undefined && is !== name) aliases.set(name, is);
  }
  for (const { name } of inventory.hosts) {
    const id = idOf(name);
    const first = id === undefined ? undefined : byId.get(id);
    if (first !== undefined && first !== name) aliases.set(name, first);
  }
  const hosts = inventory.hosts.filter(({ name }) => today.has(name) || !aliases.has(name));
  return { inventory: { main: inventory.main, hosts }, aliases };
}

/** The machines of a record. One of the release before names its hosts only; what is known of them is in its hosts file. */
export function knownOf(
  record: DeploymentRecord | undefined,
  itsHostsFile: Inventory | undefined,
): readonly KnownHost[] {
  if (!record || record.known) return record?.known ?? [];
  return record.hosts.map((name) => {
    const host = itsHostsFile?.hosts.find((each) => each.name === name) ?? lost(name);
    return { host, main: name === itsHostsFile?.main };
  });
}

/** A host of which nothing but the name is left: it cannot be asked. */
function lost(name: string): Host {
  return { name, connection: 'ssh', address: '', port: 22, user: 'root', accelerator: 'auto' };
}

/** The machines to remember: those with goals, those that hold something of ours, those that did not answer. */
export function knownAfter(
  { hosts, main }: Inventory,
  { copies, facts, unknown }: ObservedState,
  desired: readonly Pick<Resource, 'host'>[],
  candidates: Pick<Candidates, 'remembered' | 'mains'>,
): readonly KnownHost[] {
  const used = new Set([...[...copies.values()].flat().map(({ as }) => as.host), ...desired.map(({ host }) => host)]);
  return hosts.flatMap((host) => {
    const before = candidates.remembered.get(host.name);
    const isKept = used.has(host.name) || (before !== undefined && unknown.has(host.name));
    if (!isKept) return [];
    const id = facts.get(host.name)?.id ?? before?.id;
    const was = before?.main === true || candidates.mains.has(host.name);
    return [
      {
        host: before && unknown.has(host.name) ? before.host : host,
        main: host.name === main || was,
        ...(id === undefined ? {} : { id }),
      },
    ];
  });
}

function isSameWay(a: Host, b: Host): boolean {
  return a.connection === b.connection && (a.connection === 'local' || (a.address === b.address && a.port === b.port));
}
