import type { AccessRule } from '../../model/resources.ts';
import { defineOvnKind, optional, textOf } from '../shared/ovn-kind.ts';

/** Above every priority a user may write. */
const priority = 32767;

/**
 * One rule brings the access port back under a deny-all ACL and lets nothing else through: replies pass by connection
 * tracking. Rules on a port group of the access port alone do not do it (tried).
 */
export const accessRule = defineOvnKind({
  kind: 'access.rule',
  table: 'ACL',
  rule: { remake: ['switch'] },
  needs: (rule) => [{ ref: `ovn.switch:${rule.switch}`, how: 'inside' }],
  rows: (goal, uuidOf) => [
    {
      table: 'ACL',
      uuid: uuidOf('access.rule', goal.name),
      columns: {
        direction: 'to-lport',
        priority,
        match: matchOf(goal),
        action: 'allow-related',
      },
      parent: { table: 'Logical_Switch', uuid: uuidOf('ovn.switch', goal.switch), column: 'acls' },
    },
  ],
  read: ({ row, name, parent }, scope) => ({
    kind: 'access.rule',
    name,
    host: scope.main,
    switch: parent,
    mac: /eth\.src == ([0-9a-f:]+)/.exec(textOf(row.columns['match']) ?? '')?.[1] ?? '',
    ...optional({ address: /ip4\.src == ([0-9.]+)/.exec(textOf(row.columns['match']) ?? '')?.[1] }),
  }),
  describe: (rule) => `access rule on ${rule.switch} for ${rule.mac}`,
});

function matchOf({ mac, address }: AccessRule): string {
  const ip6 = `ip6.src == fe80::/64 && (tcp.dst == 22 || nd || icmp6)`;
  if (address === undefined) return `eth.src == ${mac} && ${ip6}`;
  return `eth.src == ${mac} && ((${ip6}) || (ip4.src == ${address} && (tcp.dst == 22 || icmp4)))`;
}
