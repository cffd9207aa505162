import { labelKeys } from '../../../model/owner-label.ts';
import type { OvnAnswer, OvnRow, OvnTable } from '../../../model/transport/ovn.ts';
import { fromOvsdb, membersOf, type OvsdbOperation, type OvsdbResult, type OvsdbRow } from '../../host/ovsdb.ts';
import type { Heard } from '../../observer/query.ts';
import { transactionText } from './northbound.ts';

const tables: readonly OvnTable[] = [
  'Logical_Switch',
  'Logical_Switch_Port',
  'Logical_Router',
  'Logical_Router_Port',
  'Logical_Router_Static_Route',
  'Gateway_Chassis',
  'NAT',
  'DHCP_Options',
  'DNS',
  'ACL',
];

/** Tables whose rows bear names somebody else may have taken. */
const namedTables: readonly OvnTable[] = [
  'Logical_Switch',
  'Logical_Switch_Port',
  'Logical_Router',
  'Logical_Router_Port',
];

/** Columns that refer to rows of ours. */
const parentColumns: readonly { readonly table: OvnTable; readonly columns: readonly string[] }[] = [
  { table: 'Logical_Switch', columns: ['ports', 'acls', 'dns_records'] },
  { table: 'Logical_Router', columns: ['ports', 'static_routes', 'nat'] },
  { table: 'Logical_Router_Port', columns: ['gateway_chassis'] },
];

/** Asks for all rows that carry the deployment's mark, and for the names of all others that have one. */
export function ovnQuery(deployment: string | undefined): string {
  // The database cannot be asked for rows that have a key, whatever its value.
  if (deployment === undefined) return transactionText(tables.map((table) => ({ op: 'select', table, where: [] })));
  const marked = ['external_ids', 'includes', ['map', [[labelKeys.deployment, deployment]]]];
  const operations: OvsdbOperation[] = [
    ...tables.map((table) => ({ op: 'select', table, where: [marked] })),
    ...namedTables.map((table) => ({ op: 'select', table, where: [], columns: ['_uuid', 'name', 'external_ids'] })),
  ];
  return transactionText(operations);
}

/** Reads the answer: marked rows with their parents, and unmarked ones under names that would be ours. */
export function parseOvn({ sections, deployment }: Pick<Heard, 'sections' | 'deployment'>): OvnAnswer {
  const text = sections.text('ovn');
  if (text.trim() === '') return { rows: [] };
  const results = JSON.parse(text) as OvsdbResult[];
  const marked = tables
    .flatMap((table, index) => (results[index]?.rows ?? []).map((row) => rowOf(table, row)))
    .filter(({ columns }) => markOf(columns) !== undefined);
  const namesakes = namedTables.flatMap((table, index) =>
    (results[tables.length + index]?.rows ?? [])
      .map((row) => rowOf(table, row))
      .filter(({ columns }) => isNamesake(columns, deployment)),
  );
  const rows = [...marked, ...namesakes];
  const parents = parentsOf(rows);
  return {
    rows: rows.map((row) => {
      const parent = parents.get(row.uuid);
      return parent ? { ...row, parent } : row;
    }),
  };
}

function rowOf(table: OvnTable, row: OvsdbRow): OvnRow {
  const columns = Object.entries(row).filter(([name]) => !name.startsWith('_'));
  return {
    table,
    uuid: fromOvsdb(row['_uuid']) as string,
    columns: Object.fromEntries(columns.map(([name, value]) => [name, fromOvsdb(value)])),
  };
}

function isNamesake(columns: OvnRow['columns'], deployment: string | undefined): boolean {
  return deployment !== undefined && !markOf(columns) && (columns['name'] as string).startsWith(`${deployment}-`);
}

function markOf(columns: OvnRow['columns']): string | undefined {
  return (columns['external_ids'] as Record<string, string>)[labelKeys.deployment];
}

function parentsOf(rows: readonly OvnRow[]): Map<string, NonNullable<OvnRow['parent']>> {
  const parents = new Map<string, NonNullable<OvnRow['parent']>>();
  for (const { table, uuid, columns } of rows) {
    for (const column of parentColumns.find((each) => each.table === table)?.columns ?? []) {
      for (const child of membersOf(columns[column])) parents.set(child, { table, uuid, column });
    }
  }
  return parents;
}
