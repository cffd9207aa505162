import { defineOvnKind, mapOf, optional } from '../shared/ovn-kind.ts';

/** A logical router. */
export const ovnRouter = defineOvnKind({
  kind: 'ovn.router',
  table: 'Logical_Router',
  needs: () => [],
  rows: (goal, uuidOf) => [
    {
      table: 'Logical_Router',
      uuid: uuidOf('ovn.router', goal.name),
      columns: { name: goal.name, options: goal.chassis === undefined ? {} : { chassis: goal.chassis } },
    },
  ],
  read: ({ row, name }, scope) => ({
    kind: 'ovn.router',
    name,
    host: scope.main,
    ...optional({ chassis: mapOf(row.columns['options'])['chassis'] }),
  }),
  describe: (router) => `router ${router.name}`,
});
