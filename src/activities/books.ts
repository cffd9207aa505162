import type { Observed } from '../model/observed.ts';
import { kindNameOf, type Ref, refOf } from '../model/ref.ts';
import type { Resource } from '../model/resources.ts';
import type { DeploymentRecord, Wants } from '../ports/store.ts';
import { kindOf } from '../resources/registry.ts';
import { wantsOf } from './deployment-record.ts';
import { refOn } from './gc/claims.ts';
import type { Target } from './target.ts';

/** Something that was believed to be on a host and is not: it is on another one now, or on none. */
export interface BookChange {
  readonly ref: Ref;
  readonly host: string;
  readonly now?: string;
}

/** What the server believes of a deployment after it has asked the hosts. */
export interface Books {
  readonly wants: Wants;
  /** What is wanted, as resources; a release before kept names only. */
  readonly rows: readonly Resource[];
  readonly placement: Readonly<Record<string, string>>;
  readonly changes: readonly BookChange[];
  /** What hosts hold of the deployment, by its label. */
  readonly held: ReadonlyMap<Ref, readonly Observed[]>;
  /** Where something is wanted. */
  readonly places: readonly { readonly host: string }[];
  /** How many things hosts hold that were wanted nowhere. */
  readonly unclaimed: number;
}

/** Something that is believed to be wanted on a host, as it is called now. */
interface Entry {
  readonly ref: Ref;
  readonly host: string;
  readonly row: Resource | undefined;
}

type Hosts = Pick<Target, 'before' | 'observed' | 'aliases' | 'inventory'>;

/**
 * Compares what is believed with what hosts hold. What a host that does not answer may hold stays as it is believed;
 * what is on another host than believed is believed there; only what no host holds is forgotten.
 */
export function booksAfter(record: DeploymentRecord, installation: string, hosts: Hosts): Books {
  const held = heldOf(record.name, installation, hosts);
  const entries = entriesOf(record, hosts);
  const believed = new Set(entries.map(keyOf));
  const kept: Entry[] = [];
  const changes: BookChange[] = [];
  for (const entry of entries) {
    const { ref, host, row } = entry;
    const now = placeNow(entry, held, hosts);
    if (now === host) kept.push(entry);
    // Believed in both places, it is still believed where it is.
    else if (now === undefined || believed.has(keyOf({ ref, host: now }))) changes.push({ ref, host });
    else {
      kept.push({ ref, host: now, row: row && { ...row, host: now } });
      changes.push({ ref, host, now });
    }
  }
  const claimed = new Set(kept.map(keyOf));
  const all = [...held].flatMap(([ref, copies]) => copies.map(({ as }) => keyOf({ ref, host: as.host })));
  return {
    wants: wantsOf(kept),
    rows: kept.flatMap(({ row }) => row ?? []),
    placement: placementAfter(record.placement, held, hosts),
    changes,
    held,
    places: kept,
    unclaimed: all.filter((each) => !claimed.has(each)).length,
  };
}

function keyOf({ ref, host }: Pick<Entry, 'ref' | 'host'>): string {
  return `${ref} ${host}`;
}

/** By the owner label: what bears our name and not our label is not ours. */
function heldOf(deployment: string, installation: string, { observed }: Hosts): Books['held'] {
  const own = ({ label }: Observed): boolean => label?.installation === installation && label.deployment === deployment;
  return new Map(
    [...observed.copies].flatMap(([ref, copies]) => {
      const ours = copies.filter(own);
      return ours.length === 0 ? [] : [[ref, ours] as const];
    }),
  );
}

/** Everything that is believed, also what was wanted before a run that never came to its end. */
function entriesOf({ wants = {}, before }: DeploymentRecord, { before: rows, aliases }: Hosts): readonly Entry[] {
  const entries = new Map<string, Entry>();
  const add = (ref: Ref, host: string, row?: Resource): void => {
    const entry = { ref, host, row };
    if (!entries.has(keyOf(entry))) entries.set(keyOf(entry), entry);
  };
  for (const row of rows) {
    const own = refOf(row);
    // Some bear their host's name, and with it the name it went by.
    const old = [...(aliases ?? [])].find(([name, now]) => now === row.host && own.endsWith(`@${name}`))?.[0];
    const ref = old === undefined ? own : refOn(own, old, row.host);
    add(ref, row.host, ref === own ? row : { ...row, name: ref.slice(row.kind.length + 1) });
  }
  for (const part of [wants, before?.wants ?? {}]) {
    for (const [name, refs] of Object.entries(part)) {
      const host = aliases?.get(name) ?? name;
      for (const ref of refs) add(refOn(ref, name, host), host);
    }
  }
  return [...entries.values()];
}

/** The host that has it now, or may have it; undefined where every known host says that it has not. */
function placeNow({ ref, host, row }: Entry, held: Books['held'], { observed, inventory }: Hosts): string | undefined {
  const isAsked = inventory.hosts.some(({ name }) => name === host);
  if (!isAsked || observed.unknown.has(host)) return host;
  const copies = held.get(ref) ?? [];
  if (copies.some(({ as }) => as.host === host)) return host;
  if (isKnowledge(ref) && hasGuest(held, host, row?.guest)) return host;
  return copies[0]?.as.host;
}

/** Readiness and scripts are known of a guest: while it is there they stay wanted, whether they are so or not. */
function isKnowledge(ref: Ref): boolean {
  const kind = kindNameOf(ref);
  return kind !== undefined && kindOf(kind).transport === 'guest';
}

function hasGuest(held: Books['held'], host: string, guest: string | undefined): boolean {
  return [...held.values()]
    .flat()
    .some(({ as }) => isGuest(as) && as.host === host && (guest === undefined || as.guest === guest));
}

function isGuest({ kind }: Resource): boolean {
  return kindOf(kind).runtime !== undefined;
}

function isData({ kind }: Resource): boolean {
  return kindOf(kind).outlives === 'data';
}

/** A guest is where it runs, or where its data is; one of which nothing is left anywhere has no place. */
function placementAfter(
  placement: DeploymentRecord['placement'],
  held: Books['held'],
  { observed, aliases }: Hosts,
): DeploymentRecord['placement'] {
  const all = [...held.values()].flat().map(({ as }) => as);
  const placeOf = (guest: string, counts: (each: Resource) => boolean, before: string): string | undefined => {
    const hosts = all.filter((each) => counts(each) && each.guest === guest).map(({ host }) => host);
    return hosts.find((each) => each === before) ?? hosts[0];
  };
  return Object.fromEntries(
    Object.entries(placement).flatMap(([guest, name]) => {
      const host = aliases?.get(name) ?? name;
      const now = observed.unknown.has(host) ? host : (placeOf(guest, isGuest, host) ?? placeOf(guest, isData, host));
      return now === undefined ? [] : [[guest, now] as const];
    }),
  );
}
