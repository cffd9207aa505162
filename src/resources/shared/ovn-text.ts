import type { ArtefactText, SharedTextPath } from '../../model/artefacts.ts';
import { labelKeys } from '../../model/owner-label.ts';
import type { Resource } from '../../model/resources.ts';
import type { OvnRow, OvnValue } from '../../model/transport/ovn.ts';

const path: SharedTextPath = 'network.txt';

/** Rows of the northbound database as people read them, with names where the database has UUIDs. */
export function rowTexts(rows: readonly OvnRow[], resource: Resource): ArtefactText[] {
  return rows.map((row) => ({
    path,
    names: [[row.uuid, nameOf(row, resource)]],
    text: (named) => rowText(row, named),
  }));
}

function nameOf({ table, columns }: OvnRow, { name }: Resource): string {
  const own = columns['name'];
  return `${table} ${typeof own === 'string' && own !== '' ? own : name}`;
}

function rowText({ uuid, columns, parent }: OvnRow, named: (id: string) => string): string {
  const lines = Object.entries(columns)
    .map(([column, value]) => [column, column === 'external_ids' ? withoutLabel(value) : value] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([column, value]) => {
      const text = valueText(value, named);
      return text === '' || column === 'name' ? [] : [`  ${column}: ${text}`];
    });
  const inside = parent === undefined ? [] : [`  in ${named(parent.uuid)} (${parent.column})`];
  return `${[named(uuid), ...inside, ...lines].join('\n')}\n`;
}

function valueText(value: OvnValue, named: (id: string) => string): string {
  if (typeof value !== 'object') return named(String(value));
  if (isSet(value)) return value.map(named).join(', ');
  return Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, each]) => `${key}=${named(each)}`)
    .join(' ');
}

function isSet(value: OvnValue): value is readonly string[] {
  return Array.isArray(value);
}

function withoutLabel(value: OvnValue): OvnValue {
  if (typeof value !== 'object' || isSet(value)) return value;
  const keys: ReadonlySet<string> = new Set(Object.values(labelKeys));
  return Object.fromEntries(Object.entries(value).filter(([key]) => !keys.has(key)));
}
