import type { OvnAcl } from '../model/resources.ts';
import type { AclRule } from '../model/testbed-network.ts';
import type { Scene } from './scene.ts';

type Rule = Pick<AclRule, 'direction' | 'priority' | 'match' | 'action'>;

/** Below every rule of the user's. ARP stays open: without it no allowed packet would find its way. */
const denyAll: readonly Rule[] = [
  { direction: 'from-lport', priority: 0, match: 'ip', action: 'drop' },
  { direction: 'to-lport', priority: 0, match: 'ip', action: 'drop' },
];

/** The user's access rules, switch by switch. */
export function compileAcls(scene: Scene): OvnAcl[] {
  const { acl } = scene.ovn;
  return acl.switches.flatMap(({ name, rules }) =>
    aclsOf(scene, name, acl.apply_deny_all ? [...denyAll, ...rules] : rules),
  );
}

function aclsOf({ names, inventory }: Scene, parent: string, rules: readonly Rule[]): OvnAcl[] {
  const used = new Map<string, number>();
  const own = names.own(parent);
  // Rules that differ only in what they match share a name's stem; their order must not decide who gets which number.
  const sorted = [...rules].sort((a, b) => (a.match < b.match ? -1 : a.match > b.match ? 1 : 0));
  return sorted.map(({ direction, priority, match, action }) => {
    const stem = `${own}-${direction}-${action}-${priority}`;
    const count = (used.get(stem) ?? 0) + 1;
    used.set(stem, count);
    const name = count === 1 ? stem : `${stem}-${count}`;
    return { kind: 'ovn.acl', name, host: inventory.main, switch: own, direction, priority, match, action };
  });
}
