import { defineOvnKind, textOf } from '../shared/ovn-kind.ts';

/** A static route of a router. */
export const ovnRoute = defineOvnKind({
  kind: 'ovn.route',
  table: 'Logical_Router_Static_Route',
  rule: { remake: ['router'] },
  needs: (route) => [{ ref: `ovn.router:${route.router}`, how: 'inside' }],
  rows: (goal, uuidOf) => [
    {
      table: 'Logical_Router_Static_Route',
      uuid: uuidOf('ovn.route', goal.name),
      columns: { ip_prefix: goal.prefix, nexthop: goal.nexthop },
      parent: { table: 'Logical_Router', uuid: uuidOf('ovn.router', goal.router), column: 'static_routes' },
    },
  ],
  read: ({ row, name, parent }, scope) => ({
    kind: 'ovn.route',
    name,
    host: scope.main,
    router: parent,
    prefix: textOf(row.columns['ip_prefix']) ?? '',
    nexthop: textOf(row.columns['nexthop']) ?? '',
  }),
  describe: (route) => `route ${route.prefix} via ${route.nexthop} on ${route.router}`,
});
