import { labelFromPairs, labelKeys, type OwnerLabel } from '../../../model/owner-label.ts';
import type { OvnOp, OvnRow, OvnTable, OvnValue } from '../../../model/transport/ovn.ts';
import type { CarrierItem } from '../../../ports/carrier.ts';
import {
  fromOvsdb,
  membersOf,
  type OvsdbOperation,
  type OvsdbResult,
  sameValue,
  selectRow,
  toOvsdb,
  whereUuid,
} from '../../host/ovsdb.ts';

/** A parent's set column, and which rows it refers to. */
type ParentKey = `${OvnTable} ${string} ${string}`;

/** What the database holds of the rows some items are about. */
export interface Current {
  readonly rows: ReadonlyMap<string, Readonly<Record<string, OvnValue>>>;
  readonly parents: ReadonlyMap<ParentKey, ReadonlySet<string>>;
}

/** An operation and the item it is for. */
export interface Step {
  readonly item: string;
  readonly operation: OvsdbOperation;
}

type Parent = NonNullable<OvnRow['parent']>;

/** Asks for the rows the items are about and for the columns that refer to them. */
export function readOperations(items: readonly CarrierItem<OvnOp>[]): OvsdbOperation[] {
  const rows = new Map<string, OvsdbOperation>();
  for (const { op } of items) {
    for (const row of op.rows) {
      const columns = 'columns' in row ? Object.keys(row.columns) : ['external_ids'];
      rows.set(row.uuid, selectRow(row.table, row.uuid, columns));
    }
  }
  return [...rows.values(), ...parentsOf(items).map(({ table, uuid, column }) => selectRow(table, uuid, [column]))];
}

/** Reads the answers to `readOperations` of the same items. */
export function currentOf(items: readonly CarrierItem<OvnOp>[], results: readonly OvsdbResult[]): Current {
  const uuids = [...new Set(items.flatMap(({ op }) => op.rows.map((row) => row.uuid)))];
  const rows = new Map<string, Record<string, OvnValue>>();
  uuids.forEach((uuid, index) => {
    const row = results[index]?.rows?.[0];
    if (row) rows.set(uuid, Object.fromEntries(Object.entries(row).map(([key, value]) => [key, fromOvsdb(value)])));
  });
  const parents = new Map<ParentKey, Set<string>>();
  parentsOf(items).forEach((parent, index) => {
    const row = results[uuids.length + index]?.rows?.[0];
    if (!row) return;
    parents.set(keyOf(parent), new Set(membersOf(fromOvsdb(row[parent.column]))));
  });
  return { rows, parents };
}

/** Whose rows may be removed. */
export type Owner = Pick<OwnerLabel, 'deployment' | 'installation'>;

/** The row that an item would remove although its label names another owner, or it has none. */
export function foreignRow({ op }: CarrierItem<OvnOp>, { rows }: Current, owner: Owner): string | undefined {
  if (op.do !== 'remove') return undefined;
  const found = op.rows.find(({ uuid }) => {
    const row = rows.get(uuid);
    const label = row && labelFromPairs(row['external_ids'] as Readonly<Record<string, string>>)?.label;
    return row && (label?.deployment !== owner.deployment || label.installation !== owner.installation);
  });
  return found && `${found.table} ${found.uuid}`;
}

/** The operations that bring one item about; none when it is already so. */
export function stepsOf({ id, op }: CarrierItem<OvnOp>, current: Current, owner: Owner): Step[] {
  const operations =
    op.do === 'ensure'
      ? op.rows.flatMap((row) => ensureRow(row, current))
      : [...op.rows].reverse().flatMap((row) => removeRow(row, current, owner));
  return operations.map((operation) => ({ item: id, operation }));
}

function ensureRow(row: OvnRow, current: Current): OvsdbOperation[] {
  const { table, uuid, columns, parent } = row;
  const there = current.rows.get(uuid);
  const changed = Object.entries(columns).filter(([name, value]) => !there || !sameValue(there[name] ?? [], value));
  const values = Object.fromEntries(changed.map(([name, value]) => [name, toOvsdb(name, value)]));
  const operations: OvsdbOperation[] = [];
  if (!there) operations.push({ op: 'insert', table, uuid, row: values });
  else if (changed.length > 0) operations.push({ op: 'update', table, where: whereUuid(uuid), row: values });
  if (parent && !current.parents.get(keyOf(parent))?.has(uuid)) {
    // A parent that is not there would let the row vanish without a word.
    operations.push(mustExist(parent), mutate(parent, 'insert', uuid));
  }
  return operations;
}

function removeRow(row: Pick<OvnRow, 'table' | 'uuid' | 'parent'>, current: Current, owner: Owner): OvsdbOperation[] {
  const { table, uuid, parent } = row;
  const operations: OvsdbOperation[] = [];
  if (parent && current.parents.get(keyOf(parent))?.has(uuid)) operations.push(mutate(parent, 'delete', uuid));
  // The database looks at the label once more, in the transaction itself.
  if (current.rows.has(uuid)) operations.push({ op: 'delete', table, where: [...whereUuid(uuid), whereOwned(owner)] });
  return operations;
}

function whereOwned({ deployment, installation }: Owner): unknown {
  const pairs = [
    [labelKeys.deployment, deployment],
    [labelKeys.installation, installation],
  ];
  return ['external_ids', 'includes', ['map', pairs]];
}

function mustExist({ table, uuid }: Parent): OvsdbOperation {
  const rows = [{ _uuid: ['uuid', uuid] }];
  return { op: 'wait', table, timeout: 0, where: whereUuid(uuid), columns: ['_uuid'], until: '==', rows };
}

function mutate({ table, uuid, column }: Parent, how: 'insert' | 'delete', member: string): OvsdbOperation {
  return { op: 'mutate', table, where: whereUuid(uuid), mutations: [[column, how, ['set', [['uuid', member]]]]] };
}

function parentsOf(items: readonly CarrierItem<OvnOp>[]): Parent[] {
  const parents = new Map<ParentKey, Parent>();
  for (const { op } of items) for (const { parent } of op.rows) if (parent) parents.set(keyOf(parent), parent);
  return [...parents.values()];
}

function keyOf({ table, uuid, column }: Parent): ParentKey {
  return `${table} ${uuid} ${column}`;
}
