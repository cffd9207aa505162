import { defineTransport } from './transport.ts';

/** The northbound tables we write. */
export type OvnTable =
  | 'Logical_Switch'
  | 'Logical_Switch_Port'
  | 'Logical_Router'
  | 'Logical_Router_Port'
  | 'Logical_Router_Static_Route'
  | 'Gateway_Chassis'
  | 'NAT'
  | 'DHCP_Options'
  | 'DNS'
  | 'ACL';

/** A column's value as OVSDB has it: a scalar, a set or a string map. */
export type OvnValue = string | number | boolean | readonly string[] | Readonly<Record<string, string>>;

/** A row we want, under a UUIDv5 of its identity: a lost reply followed by a retry cannot duplicate it. */
export interface OvnRow {
  readonly table: OvnTable;
  readonly uuid: string;
  /** Only the columns we manage; each is set as a whole. `external_ids` always holds our mark. */
  readonly columns: Readonly<Record<string, OvnValue>>;
  /** The row whose set column refers to this one; the database drops rows nobody refers to. */
  readonly parent?: { readonly table: OvnTable; readonly uuid: string; readonly column: string };
}

/** One item for the OVN carrier: rows that come and go together. */
export type OvnOp =
  | { readonly transport: 'ovn'; readonly do: 'ensure'; readonly rows: readonly OvnRow[] }
  | {
      readonly transport: 'ovn';
      readonly do: 'remove';
      readonly rows: readonly Pick<OvnRow, 'table' | 'uuid' | 'parent'>[];
    };

/** All rows that carry a mark of this product for the deployment, plus unmarked rows under our names' prefix. */
export interface OvnAnswer {
  readonly rows: readonly OvnRow[];
}

/** Rows of the northbound database, which is on the main host. */
export const ovn = defineTransport<OvnOp, OvnAnswer>({ class: 'rows', noun: 'network', onlyOnMain: true });
