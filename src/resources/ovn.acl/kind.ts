import type { OvnAcl } from '../../model/resources.ts';
import { defineOvnKind, textOf } from '../shared/ovn-kind.ts';

/** An access rule of a switch, as the user wrote it. */
export const ovnAcl = defineOvnKind({
  kind: 'ovn.acl',
  table: 'ACL',
  rule: { remake: ['switch'] },
  needs: (acl) => [{ ref: `ovn.switch:${acl.switch}`, how: 'inside' }],
  rows: (goal, uuidOf) => [
    {
      table: 'ACL',
      uuid: uuidOf('ovn.acl', goal.name),
      columns: { direction: goal.direction, priority: goal.priority, match: goal.match, action: goal.action },
      parent: { table: 'Logical_Switch', uuid: uuidOf('ovn.switch', goal.switch), column: 'acls' },
    },
  ],
  read: ({ row, name, parent }, scope) => ({
    kind: 'ovn.acl',
    name,
    host: scope.main,
    switch: parent,
    direction: row.columns['direction'] as OvnAcl['direction'],
    priority: Number(row.columns['priority']),
    match: textOf(row.columns['match']) ?? '',
    action: row.columns['action'] as OvnAcl['action'],
  }),
  describe: (acl) => `acl on ${acl.switch} ${acl.direction} ${acl.priority} ${acl.action}: ${acl.match}`,
});
