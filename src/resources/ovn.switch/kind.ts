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
      columns: {
        name: goal.name,
        other_config: configOf(goal),
        ...(goal.subnet === undefined || canAllocate(goal.subnet) ? {} : { external_ids: { [noted]: goal.subnet } }),
      },
    },
  ],
  read: (found, scope) => {
    const config = mapOf(found.row.columns['other_config']);
    const subnet = config['subnet'] ?? config['ipv6_prefix'] ?? found.pair(noted);
    const { name } = found;
    return { kind: 'ovn.switch', name, host: scope.main, ...optional({ subnet, excludeIps: config['exclude_ips'] }) };
  },
  describe: (each) => `switch ${each.name} ${each.subnet ?? 'without addresses'}`,
});

const noted = 'kvm-compose-subnet';

/** OVN makes IPv6 addresses from MAC addresses, so of IPv6 it takes a /64 and complains about any other. */
function canAllocate(subnet: string): boolean {
  return !subnet.includes(':') || subnet.endsWith('/64');
}

function configOf(goal: { subnet?: string; excludeIps?: string }): Record<string, string> {
  if (goal.subnet === undefined || !canAllocate(goal.subnet)) return {};
  const subnet = goal.subnet.includes(':') ? { ipv6_prefix: goal.subnet } : { subnet: goal.subnet };
  return { ...subnet, ...(goal.excludeIps === undefined ? {} : { exclude_ips: goal.excludeIps }) };
}
