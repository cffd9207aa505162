import type { KindName } from '../../model/kind.ts';
import { type OwnerLabel, labelFromPairs, labelToPairs } from '../../model/owner-label.ts';
import type { ResourceOf } from '../../model/resources.ts';
import type { Observed } from '../../model/observed.ts';
import type { OvnRow, OvnTable, OvnValue } from '../../model/transport/ovn.ts';
import type { Answers } from '../../model/transport/op.ts';
import { type Edge, isNamesake, type ResourceKind, type Scope } from '../contract.ts';
import { type CompareRule, compareFields } from './compare.ts';
import { rowTexts } from './ovn-text.ts';
import { plainUndo } from './undo.ts';
import { uuid5 } from './uuid5.ts';

/** A row before it has its mark. */
export interface PlainRow {
  readonly table: OvnTable;
  readonly uuid: string;
  readonly columns: Readonly<Record<string, OvnValue>>;
  readonly parent?: NonNullable<OvnRow['parent']>;
}

/** Finds the UUID of another resource's row. */
export type UuidOf = (kind: string, name: string) => string;

/** A row as it was found, with names instead of UUIDs. */
export interface FoundRow {
  readonly row: OvnRow;
  readonly name: string;
  readonly guest: string | undefined;
  /** Name of the resource whose row refers to this one. */
  readonly parent: string;
  /** Another row of the same resource. */
  other(uuidKind: string): OvnRow | undefined;
  nameOf(uuid: string): string | undefined;
  pair(key: string): string | undefined;
}

/** What differs between the kinds that are rows of the northbound database. */
export interface OvnKindDefinition<K extends KindName> {
  readonly kind: K;
  readonly table: OvnTable;
  readonly rule?: CompareRule<ResourceOf<K>>;
  readonly verbs?: ResourceKind<K>['verbs'];
  readonly attachment?: ResourceKind<K>['attachment'];
  needs(resource: ResourceOf<K>): readonly Edge[];
  rows(goal: ResourceOf<K>, uuidOf: UuidOf): readonly PlainRow[];
  read(found: FoundRow, scope: Scope): ResourceOf<K>;
  /** What is wrong although the fields agree. */
  drift?(found: FoundRow): string | undefined;
  describe(resource: ResourceOf<K>): string;
}

/** Builds a kind from its rows: marks, reading back, undo and removal are the same for all of them. */
export function defineOvnKind<K extends KindName>(own: OvnKindDefinition<K>): ResourceKind<K> {
  return {
    kind: own.kind,
    transport: 'ovn',
    stage: 'network',
    asks: ['ovn'],
    ...(own.verbs === undefined ? {} : { verbs: own.verbs }),
    ...(own.attachment === undefined ? {} : { attachment: own.attachment }),
    needs: (resource) => own.needs(resource),
    compare: (goal, observed) => compareFields(goal, observed, own.rule),
    undo: (change, _goal, observed) => plainUndo(change, observed),
    parse: (answers, scope) => parseRows(own, answers, scope),
    render: (goal, label, was) => {
      const uuidOf: UuidOf = (kind, name) => uuid5(label.installation, kind, name);
      if (!goal) {
        const rows = own
          .rows(was, uuidOf)
          .map(({ table, uuid, parent }) => ({ table, uuid, ...(parent ? { parent } : {}) }));
        return { transport: 'ovn', do: 'remove', rows };
      }
      return { transport: 'ovn', do: 'ensure', rows: ownRows(own, goal, label) };
    },
    artefacts: (goal, label) => rowTexts(ownRows(own, goal, label), goal),
    describe: (resource) => own.describe(resource),
  };
}

/** All rows of a goal, with its label. */
function ownRows<K extends KindName>(own: OvnKindDefinition<K>, goal: ResourceOf<K>, label: OwnerLabel): OvnRow[] {
  const rows = own.rows(goal, (kind, name) => uuid5(label.installation, kind, name));
  return rows.map((row) => marked(row, goal, label));
}

function marked(
  row: PlainRow,
  goal: { kind: KindName; name: string; guest?: string | undefined },
  label: OwnerLabel,
): OvnRow {
  const own = mapOf(row.columns['external_ids']);
  const guest = goal.guest === undefined ? {} : { 'kvm-compose-guest': goal.guest };
  const external_ids = { ...labelToPairs(label, `${goal.kind}:${goal.name}`), ...guest, ...own };
  return { ...row, columns: { ...row.columns, external_ids } };
}

function parseRows<K extends KindName>(
  own: OvnKindDefinition<K>,
  answers: Answers,
  scope: Scope,
): Observed<ResourceOf<K>>[] {
  const rows = answers.ovn?.rows ?? [];
  const index = indexOf(rows);
  const prefix = `${own.kind}:`;
  const observed: Observed<ResourceOf<K>>[] = [];
  for (const row of rows) {
    if (row.table !== own.table) continue;
    const pairs = mapOf(row.columns['external_ids']);
    const found = labelFromPairs(pairs);
    if (found ? !found.resource.startsWith(prefix) : !isNamed(row, own.kind, scope)) continue;
    const name = found ? found.resource.slice(prefix.length) : (textOf(row.columns['name']) ?? '');
    if (found && row.uuid !== uuid5(found.label.installation, own.kind, name)) continue;
    const view = foundRow(row, name, pairs, index, found?.label.installation ?? scope.installation);
    const as = own.read(view, scope);
    const drift = own.drift?.(view);
    observed.push({ as, label: found?.label, ...(drift === undefined ? {} : { drift }) });
  }
  return observed;
}

/** Rows by UUID. Every kind of row looks through the same answer. */
const indices = new WeakMap<readonly OvnRow[], ReadonlyMap<string, OvnRow>>();

function indexOf(rows: readonly OvnRow[]): ReadonlyMap<string, OvnRow> {
  const index = indices.get(rows) ?? new Map(rows.map((row) => [row.uuid, row] as const));
  indices.set(rows, index);
  return index;
}

/** Somebody else's switch, router or port under a name that would be ours. */
function isNamed(row: OvnRow, kind: KindName, scope: Scope): boolean {
  const named: readonly KindName[] = ['ovn.switch', 'ovn.router', 'ovn.switch-port', 'ovn.router-port'];
  return named.includes(kind) && isNamesake(textOf(row.columns['name']) ?? '', scope);
}

function foundRow(
  row: OvnRow,
  name: string,
  pairs: Readonly<Record<string, string>>,
  index: ReadonlyMap<string, OvnRow>,
  installation: string,
): FoundRow {
  const nameOf = (uuid: string): string | undefined => {
    const other = index.get(uuid);
    if (!other) return undefined;
    const label = labelFromPairs(mapOf(other.columns['external_ids']));
    return label ? label.resource.slice(label.resource.indexOf(':') + 1) : (textOf(other.columns['name']) ?? '');
  };
  return {
    row,
    name,
    guest: pairs['kvm-compose-guest'],
    parent: row.parent ? (nameOf(row.parent.uuid) ?? '') : '',
    other: (uuidKind) => index.get(uuid5(installation, uuidKind, name)),
    nameOf,
    pair: (key) => pairs[key],
  };
}

/** A string column; OVSDB shows an empty optional as an empty set. */
export function textOf(value: OvnValue | undefined): string | undefined {
  const [first] = setOf(value);
  return first;
}

/** A set column; OVSDB shows a set of one as the bare value. */
export function setOf(value: OvnValue | undefined): string[] {
  if (typeof value === 'number' || typeof value === 'boolean') return [String(value)];
  if (typeof value === 'string') return value === '' ? [] : [value];
  return isSet(value) ? [...value].sort() : [];
}

/** A map column. */
export function mapOf(value: OvnValue | undefined): Record<string, string> {
  return typeof value === 'object' && !isSet(value) ? { ...value } : {};
}

function isSet(value: OvnValue | undefined): value is readonly string[] {
  return Array.isArray(value);
}

/** Optional fields of a resource, left out when undefined. */
export function optional<T extends object>(fields: T): { [P in keyof T]?: NonNullable<T[P]> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never;
}
