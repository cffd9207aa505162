import type { Resource } from '../../model/resources.ts';

/** What a deployment wants, one row for each guest: one of 2,000 is read without the others. */
export interface WantedRow {
  /** Empty for what belongs to no guest. */
  readonly guest: string;
  readonly body: string;
}

/** Rows of resources, guests in stable order. */
export function wantedRows(resources: readonly Resource[]): WantedRow[] {
  const guests = new Map<string, Resource[]>();
  for (const each of resources) {
    const list = guests.get(each.guest ?? '');
    if (list) list.push(each);
    else guests.set(each.guest ?? '', [each]);
  }
  return [...guests].sort(([a], [b]) => (a < b ? -1 : 1)).map(([guest, all]) => ({ guest, body: JSON.stringify(all) }));
}

/** The resources of rows. */
export function resourcesOf(rows: readonly { readonly body: string }[]): Resource[] {
  return rows.flatMap(({ body }) => JSON.parse(body) as Resource[]);
}
