import type { OvnTable, OvnValue } from '../../model/transport/ovn.ts';

/** One operation of an OVSDB transaction (RFC 7047). */
export type OvsdbOperation = Readonly<Record<string, unknown>> & { readonly op: string };

/** A row as OVSDB answers it. */
export type OvsdbRow = Readonly<Record<string, unknown>>;

/** What OVSDB answers to one operation; null for those after a failed one. */
export interface OvsdbResult {
  readonly rows?: readonly OvsdbRow[];
  readonly count?: number;
  readonly error?: string;
  readonly details?: string;
}

/** Columns whose strings are references to other rows. */
const references: ReadonlySet<string> = new Set([
  'dhcpv4_options',
  'dhcpv6_options',
  'ha_chassis_group',
  'gateway_port',
  'ports',
  'acls',
  'dns_records',
  'static_routes',
  'nat',
  'gateway_chassis',
]);

/** A value as OVSDB wants it. */
export function toOvsdb(column: string, value: OvnValue): unknown {
  const atom = (text: string): unknown => (references.has(column) ? ['uuid', text] : text);
  if (Array.isArray(value)) return ['set', (value as readonly string[]).map(atom)];
  if (typeof value === 'object') return ['map', Object.entries(value)];
  return typeof value === 'string' ? atom(value) : value;
}

/** A value as OVSDB has it: references are their UUIDs, a set of one is its member. */
export function fromOvsdb(value: unknown): OvnValue {
  if (!Array.isArray(value)) return value as OvnValue;
  const [type, content] = value as [string, unknown];
  if (type === 'uuid') return content as string;
  if (type === 'map')
    return Object.fromEntries((content as [unknown, unknown][]).map((pair) => pair.map(String) as [string, string]));
  return (content as unknown[]).map((each) => String(scalarOf(each)));
}

function scalarOf(value: unknown): string | number | boolean {
  return (Array.isArray(value) ? (value as unknown[])[1] : value) as string | number | boolean;
}

/** The members of a set column; OVSDB shows a set of one as its member. */
export function membersOf(value: OvnValue | undefined): readonly string[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? (value as readonly string[]) : [value as string];
}

/** Whether a column already holds a value: sets have no order, and a set of one looks like its member. */
export function sameValue(a: OvnValue, b: OvnValue): boolean {
  return canonical(a) === canonical(b);
}

function canonical(value: OvnValue): string {
  if (Array.isArray(value)) return JSON.stringify([...(value as readonly string[])].map(String).sort());
  if (typeof value === 'object') return JSON.stringify(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
  return JSON.stringify([String(value)]);
}

/** The condition that is true for one row. */
export function whereUuid(uuid: string): unknown[] {
  return [['_uuid', '==', ['uuid', uuid]]];
}

/** Reads one row, or nothing when it is not there. */
export function selectRow(table: OvnTable, uuid: string, columns: readonly string[]): OvsdbOperation {
  return { op: 'select', table, where: whereUuid(uuid), columns: ['_uuid', ...columns] };
}
