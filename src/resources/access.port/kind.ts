import { defineOvnKind, optional, setOf } from '../shared/ovn-kind.ts';

/** The logical port by which the server reaches a switch's guests from one host. */
export const accessPort = defineOvnKind({
  kind: 'access.port',
  table: 'Logical_Switch_Port',
  rule: { remake: ['switch'] },
  needs: (port) => [{ ref: `ovn.switch:${port.switch}`, how: 'inside' }],
  rows: (goal, uuidOf) => [
    {
      table: 'Logical_Switch_Port',
      uuid: uuidOf('access.port', goal.name),
      columns: {
        name: goal.name,
        addresses: [goal.address === undefined ? goal.mac : `${goal.mac} ${goal.address}`],
        external_ids: { 'kvm-compose-chassis': goal.chassis },
      },
      parent: { table: 'Logical_Switch', uuid: uuidOf('ovn.switch', goal.switch), column: 'ports' },
    },
  ],
  read: (found, scope) => {
    const [mac = '', address] = (setOf(found.row.columns['addresses'])[0] ?? '').split(' ');
    return {
      kind: 'access.port',
      name: found.name,
      host: scope.main,
      switch: found.parent,
      mac,
      chassis: found.pair('kvm-compose-chassis') ?? '',
      ...optional({ address }),
    };
  },
  describe: (port) => `access port ${port.name} on ${port.switch} for ${port.chassis} ${port.mac}`,
});
