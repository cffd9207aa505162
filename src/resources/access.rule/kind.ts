import type { AccessRule } from '../../model/resources.ts';
import { defineOvnKind, optional, type PlainRow, textOf, type UuidOf } from '../shared/ovn-kind.ts';

/** Above every priority a user may write. */
const priority = 32767;

/** Names the UUID of the second row. */
const outKind = 'access.rule.out';

/**
 * Brings the access port back under a deny-all ACL and lets nothing else through: out of the port and into guests;
 * replies pass by connection tracking, in the zones of both. Two rows that are never without each other.
 */
export const accessRule = defineOvnKind({
  kind: 'access.rule',
  table: 'ACL',
  rule: { remake: ['switch'] },
  needs: (rule) => [{ ref: `ovn.switch:${rule.switch}`, how: 'inside' }],
  rows: (goal, uuidOf) => [rowOf(goal, 'to-lport', uuidOf), rowOf(goal, 'from-lport', uuidOf)],
  read: ({ row, name, parent }, scope) => ({
    kind: 'access.rule',
    name,
    host: scope.main,
    switch: parent,
    mac: /eth\.src == ([0-9a-f:]+)/.exec(textOf(row.columns['match']) ?? '')?.[1] ?? '',
    ...optional({ address: /ip4\.src == ([0-9.]+)/.exec(textOf(row.columns['match']) ?? '')?.[1] }),
  }),
  drift: (found) => {
    const out = found.other(outKind);
    if (!out) return 'rule out of the access port missing';
    return out.columns['match'] === found.row.columns['match'] ? undefined : 'rules differ';
  },
  describe: (rule) => `access rule on ${rule.switch} for ${rule.mac}`,
});

function rowOf(goal: AccessRule, direction: 'to-lport' | 'from-lport', uuidOf: UuidOf): PlainRow {
  return {
    table: 'ACL',
    uuid: uuidOf(direction === 'to-lport' ? 'access.rule' : outKind, goal.name),
    columns: { direction, priority, match: matchOf(goal), action: 'allow-related' },
    parent: { table: 'Logical_Switch', uuid: uuidOf('ovn.switch', goal.switch), column: 'acls' },
  };
}

/** By the port too: a guest may send with any MAC address. The port is called like its rule. */
function matchOf({ name, mac, address }: AccessRule): string {
  const from = `inport == "${name}" && eth.src == ${mac}`;
  const ip6 = `ip6.src == fe80::/64 && (tcp.dst == 22 || nd || icmp6)`;
  if (address === undefined) return `${from} && ${ip6}`;
  return `${from} && ((${ip6}) || (ip4.src == ${address} && (tcp.dst == 22 || icmp4)))`;
}
