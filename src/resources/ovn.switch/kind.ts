import { defineOvnKind, mapOf, optional } from '../shared/ovn-kind.ts';

/** A logical switch. A subnet lets OVN hand out addresses itself where a port asks for `dynamic`. */
export const ovnSwitch = defineOvnKind({
  kind: 'ovn.switch',
  table: 'Logical_Switch',
  needs: () => [],
  rows: (goal, uuidOf) => [
    {
      table: 'Logical_Switch',
      uuid: uuidOf('ovn.switch', goal.name),
      columns: { name: goal.name, other_config: configOf(goal) },
    },
  ],
  read: ({ row, name }, scope) => {
    const config = mapOf(row.columns['other_config']);
    const subnet = config['subnet'] ?? config['ipv6_prefix'];
    return { kind: 'ovn.switch', name, host: scope.main, ...optional({ subnet, excludeIps: config['exclude_ips'] }) };
  },
  describe: (each) => `switch ${each.name} ${each.subnet ?? 'without addresses'}`,
});

function configOf(goal: { subnet?: string; excludeIps?: string }): Record<string, string> {
  if (goal.subnet === undefined) return {};
  const subnet = goal.subnet.includes(':') ? { ipv6_prefix: goal.subnet } : { subnet: goal.subnet };
  return { ...subnet, ...(goal.excludeIps === undefined ? {} : { exclude_ips: goal.excludeIps }) };
}
