import { defineOvnKind, textOf } from '../shared/ovn-kind.ts';

/** The chassis through which a router port reaches the outside. */
export const ovnGateway = defineOvnKind({
  kind: 'ovn.gateway',
  table: 'Gateway_Chassis',
  rule: { remake: ['router', 'routerPort'] },
  needs: (gateway) => [{ ref: `ovn.router-port:${gateway.routerPort}`, how: 'inside' }],
  rows: (goal, uuidOf) => [
    {
      table: 'Gateway_Chassis',
      uuid: uuidOf('ovn.gateway', goal.name),
      columns: {
        name: goal.name,
        chassis_name: goal.chassis,
        priority: goal.priority,
        external_ids: { 'kvm-compose-router': goal.router },
      },
      parent: {
        table: 'Logical_Router_Port',
        uuid: uuidOf('ovn.router-port', goal.routerPort),
        column: 'gateway_chassis',
      },
    },
  ],
  read: (found, scope) => ({
    kind: 'ovn.gateway',
    name: found.name,
    host: scope.main,
    router: found.pair('kvm-compose-router') ?? '',
    routerPort: found.parent,
    chassis: textOf(found.row.columns['chassis_name']) ?? '',
    priority: Number(found.row.columns['priority']),
  }),
  describe: (gateway) => `gateway of ${gateway.routerPort} on chassis ${gateway.chassis}`,
});
