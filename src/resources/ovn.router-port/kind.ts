import { defineOvnKind, setOf, textOf } from '../shared/ovn-kind.ts';

/** A router port with its peer on the switch: two rows that are never without each other. */
export const ovnRouterPort = defineOvnKind({
  kind: 'ovn.router-port',
  table: 'Logical_Router_Port',
  rule: { remake: ['router', 'switch'] },
  needs: (port) => [
    { ref: `ovn.router:${port.router}`, how: 'inside' },
    { ref: `ovn.switch:${port.switch}`, how: 'inside' },
  ],
  rows: (goal, uuidOf) => [
    {
      table: 'Logical_Router_Port',
      uuid: uuidOf('ovn.router-port', goal.name),
      columns: {
        name: goal.name,
        mac: goal.mac,
        networks: [...goal.networks].sort(),
        external_ids: { 'kvm-compose-switch': goal.switch },
      },
      parent: { table: 'Logical_Router', uuid: uuidOf('ovn.router', goal.router), column: 'ports' },
    },
    {
      table: 'Logical_Switch_Port',
      uuid: uuidOf('ovn.router-port.peer', goal.name),
      columns: {
        name: `rp-${goal.name}`,
        type: 'router',
        addresses: ['router'],
        options: { 'router-port': goal.name },
      },
      parent: { table: 'Logical_Switch', uuid: uuidOf('ovn.switch', goal.switch), column: 'ports' },
    },
  ],
  read: (found, scope) => ({
    kind: 'ovn.router-port',
    name: found.name,
    host: scope.main,
    router: found.parent,
    switch: found.pair('kvm-compose-switch') ?? '',
    mac: textOf(found.row.columns['mac']) ?? '',
    networks: setOf(found.row.columns['networks']),
  }),
  drift: (found) => (found.other('ovn.router-port.peer') ? undefined : 'peer port missing'),
  describe: (port) =>
    `router port ${port.name} of ${port.router} on ${port.switch} ${port.networks.join(' ')} ${port.mac}`,
});
