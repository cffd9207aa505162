import { isDeepStrictEqual } from 'node:util';
import { Failure } from '../../../model/failure.ts';
import type { OvnRow, OvnTable } from '../../../model/transport/ovn.ts';
import type { RunContext } from '../../../ports/carrier.ts';
import type { Effects } from '../transport.ts';
import { labelIn, refuseForeign } from '../owned.ts';
import type { OvnState } from './state.ts';

/** The northbound database: rows under fixed UUIDs, children that need their parent and go with it, unique port names. */
export const ovnEffects: Effects<'ovn', OvnState> = {
  transport: 'ovn',
  atomic: true,
  apply: (op, host, context) => {
    const before = op.rows.map(({ uuid }) => host.rows[uuid]);
    if (op.do === 'ensure') for (const row of op.rows) insert(row, host, context);
    else {
      for (const { uuid, table } of op.rows) {
        const row = host.rows[uuid];
        if (row) refuseForeign(labelIn(row.columns['external_ids']), `${table} ${uuid}`, context);
      }
      for (const { uuid } of op.rows) remove(uuid, host.rows);
    }
    return isDeepStrictEqual(
      op.rows.map(({ uuid }) => host.rows[uuid]),
      before,
    )
      ? 'already'
      : 'done';
  },
};

/** Ports by name, looked up once per batch: a look at every row for each new one took most of a large run. */
const portsByName = new WeakMap<RunContext, Map<unknown, string>>();

function insert(row: OvnRow, host: OvnState, context: RunContext): void {
  if (row.parent && !host.rows[row.parent.uuid]) throw refusal(`${row.parent.table} ${row.parent.uuid} does not exist`);
  if (row.table === 'Logical_Switch_Port' && !host.rows[row.uuid]) {
    const ports = portsByName.get(context) ?? portsOf(host);
    portsByName.set(context, ports);
    const { name } = row.columns;
    const other = ports.get(name);
    if (other !== undefined && host.rows[other]) throw refusal(`two ports of one name: ${other}, ${row.uuid}`);
    ports.set(name, row.uuid);
  }
  host.rows[row.uuid] = row;
}

function portsOf({ rows }: OvnState): Map<unknown, string> {
  const ports = Object.values(rows).filter(({ table }) => table === 'Logical_Switch_Port');
  return new Map(ports.map(({ columns, uuid }) => [columns['name'], uuid]));
}

const parents: readonly OvnTable[] = ['Logical_Switch', 'Logical_Router', 'Logical_Router_Port'];

/** The database drops what nobody refers to any more. */
function remove(uuid: string, rows: OvnState['rows']): void {
  const row = rows[uuid];
  if (!row) return;
  delete rows[uuid];
  if (!parents.includes(row.table)) return;
  for (const child of Object.values(rows)) if (child.parent?.uuid === uuid) remove(child.uuid, rows);
}

function refusal(message: string): Failure {
  return new Failure({ code: 'ovn-refused', class: 'permanent', message });
}
