import { defineOvnKind, mapOf, textOf } from '../shared/ovn-kind.ts';

/** DHCP options OVN answers with on the ports that name them. A root row: nothing has to refer to it. */
export const ovnDhcp = defineOvnKind({
  kind: 'ovn.dhcp',
  table: 'DHCP_Options',
  rule: { remake: ['switch'] },
  needs: (dhcp) => [{ ref: `ovn.switch:${dhcp.switch}`, how: 'after' }],
  rows: (goal, uuidOf) => [
    {
      table: 'DHCP_Options',
      uuid: uuidOf('ovn.dhcp', goal.name),
      columns: { cidr: goal.cidr, options: goal.options, external_ids: { 'kvm-compose-switch': goal.switch } },
    },
  ],
  read: (found, scope) => ({
    kind: 'ovn.dhcp',
    name: found.name,
    host: scope.main,
    switch: found.pair('kvm-compose-switch') ?? '',
    cidr: textOf(found.row.columns['cidr']) ?? '',
    options: mapOf(found.row.columns['options']),
  }),
  describe: (dhcp) => `dhcp ${dhcp.cidr} on ${dhcp.switch}`,
});
