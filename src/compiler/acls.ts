import type { OvnAcl } from '../model/resources.ts';
import type { AclRule } from '../model/testbed-network.ts';
import type { CompileContext } from './compile-context.ts';

type Rule = Pick<AclRule, 'direction' | 'priority' | 'match' | 'action'>;

/** Below every rule of the user's. ARP stays open: without it no allowed packet would find its way. */
const denyAll: readonly Rule[] = [
  { direction: 'from-lport', priority: 0, match: 'ip', action: 'drop' },
  { direction: 'to-lport', priority: 0, match: 'ip', action: 'drop' },
];

/** OVN's own DHCP would be asked in vain; its answer needs no rule. */
const askDhcp: Rule = {
  direction: 'from-lport',
  priority: 1,
  match: 'ip4 && udp.src == 68 && udp.dst == 67',
  action: 'allow-related',
};

/** The user's access rules, switch by switch. */
export function compileAcls(context: CompileContext): OvnAcl[] {
  const { acl } = context.ovn;
  return acl.switches.flatMap(({ name, rules }) =>
    aclsOf(context, name, acl.apply_deny_all ? [...standingRules(context, name), ...rules] : rules),
  );
}

/**
 * Denying is about guests, so the doors of a switch stay open: what comes through a router is asked for at the guest's
 * port anyway, and OVN tracks no connections at doors, so that even answers to what was allowed would be lost there.
 */
function standingRules({ ovn, names }: CompileContext, parent: string): readonly Rule[] {
  const hasDhcp = ovn.routers.some(({ dhcp }) => dhcp.some((rule) => rule.switch === parent));
  const own = ovn.switches.find(({ name }) => name === parent)?.ports ?? [];
  const doors = [
    ...ovn.routers
      .flatMap(({ ports }) => ports.filter((port) => port.switch === parent))
      .map(({ name }) => `rp-${names.own(name)}`),
    ...own.filter(({ localnet }) => localnet).map(({ name }) => names.own(name)),
  ].sort();
  const set = doors.map((each) => JSON.stringify(each)).join(', ');
  const open: readonly Rule[] = [
    { direction: 'from-lport', priority: 1, match: `inport == {${set}}`, action: 'allow' },
    { direction: 'to-lport', priority: 1, match: `outport == {${set}}`, action: 'allow' },
  ];
  return [...denyAll, ...(hasDhcp ? [askDhcp] : []), ...(doors.length > 0 ? open : [])];
}

function aclsOf({ names, inventory }: CompileContext, parent: string, rules: readonly Rule[]): OvnAcl[] {
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
