import type { OvnAcl } from '../../model/resources.ts';
import type { Verb } from '../contract.ts';
import { impact } from '../shared/compare.ts';
import { defineOvnKind, textOf } from '../shared/ovn-kind.ts';

/** Removed and made again, whatever the row looks like: `up --reapply-acl`. */
const rebuild: Verb<OvnAcl> = {
  change: (goal, observed, { by }) =>
    goal && observed && { action: 'remake', cause: `rebuild asked for by ${by}`, impact: impact('live', goal) },
};

/** An access rule of a switch, as the user wrote it. */
export const ovnAcl = defineOvnKind({
  kind: 'ovn.acl',
  verbs: { rebuild },
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
