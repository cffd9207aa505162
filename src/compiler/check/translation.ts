import { contains, parseIp, parseSubnet, type Subnet } from '../../model/ip.ts';
import type { NatRule, Router } from '../../model/testbed-network.ts';
import { repeated } from '../findings.ts';
import type { CompileContext } from '../compile-context.ts';

/** Address translation: from networks the router knows, to addresses it can have. */
export function checkTranslation(context: CompileContext): void {
  for (const router of context.ovn.routers) {
    const near = router.ports.map((port) => parseSubnet(port.gateway_ip)!);
    for (const rule of router.nat) checkRule(context, router, rule, near);
    const keyOf = ({ nat_type, external_ip, logical_ip }: NatRule): string =>
      `${nat_type} ${external_ip} ${logical_ip}`;
    for (const { again } of repeated(router.nat, keyOf)) {
      context.findings.error(again.at(), 'duplicate-nat', `router \`${router.name}\` has this rule twice`);
    }
  }
}

function checkRule({ findings, ovn }: CompileContext, { name }: Router, rule: NatRule, near: readonly Subnet[]): void {
  const { at, external_ip, logical_ip, nat_type } = rule;
  if (!near.some((subnet) => contains(subnet, parseIp(external_ip)!))) {
    findings.warning(
      at('external_ip'),
      'nat-external',
      `router \`${name}\` has no port on a network with ${external_ip}`,
    );
  }
  const logical = parseSubnet(logical_ip);
  if (logical && nat_type === 'dnat_and_snat') {
    const message = `\`dnat_and_snat\` translates one address to one address, not ${logical_ip}`;
    findings.warning(at('logical_ip'), 'nat-subnet', message, 'name a guest’s address');
  }
  if (!logical) return;
  const inner = ovn.switches.map((each) => parseSubnet(each.subnet)!).filter((subnet) => covers(logical, subnet));
  const exact = inner.some((subnet) => subnet.prefix === logical.prefix);
  if (inner.length > 0 && !exact) {
    const message = `${logical_ip} is wider than any switch`;
    findings.warning(at('logical_ip'), 'nat-wide', message, 'it translates more than there is');
  }
}

function covers(wide: Subnet, narrow: Subnet): boolean {
  return wide.prefix <= narrow.prefix && contains(wide, { version: narrow.version, value: narrow.base });
}
