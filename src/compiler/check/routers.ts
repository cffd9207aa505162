import type { Position } from '../../model/diagnostic.ts';
import { contains, formatSubnet, overlaps, parseIp, parseSubnet } from '../../model/ip.ts';
import { didYouMean } from '../../model/similar.ts';
import type { DhcpRule, Router } from '../../model/testbed-network.ts';
import { repeated } from '../findings.ts';
import type { CompileContext } from '../compile-context.ts';
import { unknownSwitch } from './unknown.ts';

/** Routers: what they join exists, and where they send is reachable. */
export function checkRouters(context: CompileContext): void {
  const { ovn } = context;
  for (const router of ovn.routers) {
    checkPorts(context, router);
    checkHops(context, router);
    for (const rule of router.dhcp) checkDhcp(context, router, rule);
  }
  for (const port of ovn.switches.flatMap(({ ports }) => ports))
    checkChassis(context, port.chassis, port.at('chassis'));
  checkDynamic(context);
}

function checkPorts(context: CompileContext, router: Router): void {
  const { findings, ovn } = context;
  for (const port of router.ports) {
    checkChassis(context, port.set_gateway_chassis, port.at('set_gateway_chassis'));
    if (unknownSwitch(context, port.switch, port.at('switch'))) continue;
    const subnet = parseSubnet(ovn.switches.find(({ name }) => name === port.switch)!.subnet)!;
    const own = parseSubnet(port.gateway_ip)!;
    if (own.prefix !== subnet.prefix && overlaps(own, subnet)) {
      const message = `router port \`${port.name}\` has ${port.gateway_ip} in ${formatSubnet(subnet)}`;
      findings.warning(port.at('gateway_ip'), 'prefix-differs', message, `write the prefix length ${subnet.prefix}`);
    }
  }
  for (const { again, key } of repeated(router.ports, (port) => port.switch)) {
    findings.warning(again.at('switch'), 'double-link', `router \`${router.name}\` has two ports on switch \`${key}\``);
  }
  for (const [index, port] of router.ports.entries()) {
    const own = parseSubnet(port.gateway_ip)!;
    const other = router.ports.slice(0, index).find((each) => overlaps(parseSubnet(each.gateway_ip)!, own));
    if (!other || other.switch === port.switch) continue;
    const message = `router \`${router.name}\` has two ports in one subnet: \`${other.name}\` and \`${port.name}\``;
    findings.warning(port.at('gateway_ip'), 'subnets-overlap', message, 'it can reach only one of them');
  }
}

function checkChassis({ findings, inventory, facts }: CompileContext, chassis: string | undefined, at: Position): void {
  if (chassis === undefined) return;
  const known = [...inventory.hosts.map(({ name }) => name), ...[...facts.hosts.values()].map((each) => each.chassis)];
  if (known.includes(chassis)) return;
  findings.preflight(
    at,
    'unknown-chassis',
    `there is no host \`${chassis}\``,
    didYouMean(chassis, known.filter(Boolean)),
  );
}

function checkHops({ findings }: CompileContext, router: Router): void {
  const near = router.ports.map((port) => parseSubnet(port.gateway_ip)!);
  for (const route of router.static_routes) {
    const hop = parseIp(route.nexthop)!;
    if (near.some((subnet) => contains(subnet, hop))) continue;
    const message = `router \`${router.name}\` has no port on a network with ${route.nexthop}`;
    findings.warning(route.at('nexthop'), 'unreachable-hop', message);
  }
  for (const { again, key } of repeated(router.static_routes, ({ prefix, nexthop }) => `${prefix} via ${nexthop}`)) {
    findings.error(again.at(), 'duplicate-route', `router \`${router.name}\` has the route ${key} twice`);
  }
}

function checkDhcp(context: CompileContext, router: Router, rule: DhcpRule): void {
  const { findings, guests, ovn } = context;
  if (unknownSwitch(context, rule.switch, rule.at('switch'))) return;
  if (!router.ports.some((port) => port.switch === rule.switch)) {
    const message = `router \`${router.name}\` answers DHCP on switch \`${rule.switch}\`, but has no port there`;
    findings.error(rule.at('switch'), 'dhcp-without-port', message, 'add one to its `ports`');
  }
  if (
    !guests.some(({ interfaces }) =>
      interfaces.some((each) => each.switch.name === rule.switch && each.ip === 'dynamic'),
    )
  ) {
    findings.warning(rule.at('switch'), 'dhcp-unused', `nobody on switch \`${rule.switch}\` has \`ip: dynamic\``);
  }
  const subnet = parseSubnet(ovn.switches.find(({ name }) => name === rule.switch)!.subnet)!;
  if (subnet.version === 6) {
    const message = `DHCP on switch \`${rule.switch}\` is for IPv6, which is not answered yet`;
    findings.warning(rule.at('switch'), 'dhcp-ipv6', message);
  }
  for (const key of ['from', 'to'] as const) {
    const address = rule.exclude_ips?.[key];
    if (address === undefined || contains(subnet, parseIp(address)!)) continue;
    const message = `${address} is not in ${formatSubnet(subnet)}, so there is nothing to exclude`;
    findings.warning(rule.at('exclude_ips', key), 'address-outside', message);
  }
}

function checkDynamic({ findings, guests, ovn, testbed }: CompileContext): void {
  const rules = ovn.routers.flatMap((router) => router.dhcp);
  for (const { again, key } of repeated(rules, (rule) => rule.switch)) {
    findings.error(again.at('switch'), 'duplicate-dhcp', `DHCP is answered twice on switch \`${key}\``);
  }
  if (testbed.network.kind !== 'ovn') return;
  const answered = new Set(rules.map((rule) => rule.switch));
  for (const guest of guests) {
    for (const each of guest.interfaces) {
      if (each.ip !== 'dynamic' || answered.has(each.switch.name)) continue;
      const message = `nobody answers DHCP on switch \`${each.switch.name}\`, so \`${guest.name}\` gets no address there`;
      findings.warning(each.at('ip'), 'dynamic-without-dhcp', message, 'add a `dhcp` rule to a router on that switch');
    }
  }
}
