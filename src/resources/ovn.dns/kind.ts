import { defineOvnKind, mapOf, optional } from '../shared/ovn-kind.ts';

/** Names OVN answers for on a switch. */
export const ovnDns = defineOvnKind({
  kind: 'ovn.dns',
  table: 'DNS',
  rule: { remake: ['switch'] },
  needs: (dns) => [{ ref: `ovn.switch:${dns.switch}`, how: 'inside' }],
  rows: (goal, uuidOf) => [
    {
      table: 'DNS',
      uuid: uuidOf('ovn.dns', goal.name),
      columns: { records: goal.records },
      parent: { table: 'Logical_Switch', uuid: uuidOf('ovn.switch', goal.switch), column: 'dns_records' },
    },
  ],
  read: ({ row, name, parent, guest }, scope) => ({
    kind: 'ovn.dns',
    name,
    host: scope.main,
    switch: parent,
    records: mapOf(row.columns['records']),
    ...optional({ guest }),
  }),
  describe: (dns) => `dns on ${dns.switch}: ${Object.keys(dns.records).sort().join(' ')}`,
});
