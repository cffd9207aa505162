import { Failure } from '../../model/failure.ts';
import { stableJson } from '../../model/stable-json.ts';
import type { OvnRow } from '../../model/transport/ovn.ts';
import type { Effects } from './carrier.ts';
import type { SimulatedHost } from './state.ts';

/** The northbound database: rows under fixed UUIDs, children that need their parent and go with it, unique port names. */
export const ovnEffects: Effects<'ovn'> = {
  transport: 'ovn',
  atomic: true,
  apply: (op, host) => {
    const before = stableJson(op.rows.map(({ uuid }) => host.rows[uuid]));
    if (op.do === 'ensure') for (const row of op.rows) insert(row, host);
    else for (const { uuid } of op.rows) remove(uuid, host);
    return stableJson(op.rows.map(({ uuid }) => host.rows[uuid])) === before ? 'already' : 'done';
  },
};

function insert(row: OvnRow, host: SimulatedHost): void {
  if (row.parent && !host.rows[row.parent.uuid]) throw refusal(`${row.parent.table} ${row.parent.uuid} does not exist`);
  const { name } = row.columns;
  const namesake = Object.values(host.rows).find(
    (other) => other.table === 'Logical_Switch_Port' && other.columns['name'] === name && other.uuid !== row.uuid,
  );
  if (row.table === 'Logical_Switch_Port' && namesake)
    throw refusal(`two ports of one name: ${namesake.uuid}, ${row.uuid}`);
  host.rows[row.uuid] = row;
}

/** The database drops what nobody refers to any more. */
function remove(uuid: string, host: SimulatedHost): void {
  delete host.rows[uuid];
  for (const child of Object.values(host.rows)) if (child.parent?.uuid === uuid) remove(child.uuid, host);
}

function refusal(message: string): Failure {
  return new Failure({ code: 'ovn-refused', class: 'permanent', message });
}
