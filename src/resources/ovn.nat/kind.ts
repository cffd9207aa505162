import { defineOvnKind, textOf } from '../shared/ovn-kind.ts';

/** Address translation of a router. */
export const ovnNat = defineOvnKind({
  kind: 'ovn.nat',
  table: 'NAT',
  rule: { remake: ['router'] },
  needs: (nat) => [{ ref: `ovn.router:${nat.router}`, how: 'inside' }],
  rows: (goal, uuidOf) => [
    {
      table: 'NAT',
      uuid: uuidOf('ovn.nat', goal.name),
      columns: { type: goal.type, external_ip: goal.externalIp, logical_ip: goal.logicalIp },
      parent: { table: 'Logical_Router', uuid: uuidOf('ovn.router', goal.router), column: 'nat' },
    },
  ],
  read: ({ row, name, parent }, scope) => ({
    kind: 'ovn.nat',
    name,
    host: scope.main,
    router: parent,
    type: row.columns['type'] === 'snat' ? 'snat' : 'dnat_and_snat',
    externalIp: textOf(row.columns['external_ip']) ?? '',
    logicalIp: textOf(row.columns['logical_ip']) ?? '',
  }),
  describe: (nat) => `${nat.type} ${nat.logicalIp} as ${nat.externalIp} on ${nat.router}`,
});
