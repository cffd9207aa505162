import { contains, parseIp, parseSubnet } from '../../model/ip.ts';
import { didYouMean } from '../../model/similar.ts';
import type { Router } from '../../model/testbed.ts';
import { repeated } from '../findings.ts';
import type { Scene } from '../scene.ts';
import { unknownSwitch } from './unknown.ts';

/** Routers: what they join exists, where they send is reachable, and what asks for DHCP is answered. */
export function checkRouters(scene: Scene): void {
  const { findings, testbed } = scene;
  for (const router of testbed.network.routers) {
    for (const port of router.ports) {
      unknownSwitch(scene, port.switch, port.at('switch'));
      checkChassis(scene, port.set_gateway_chassis, port.at('set_gateway_chassis'));
    }
    for (const { again, key } of repeated(router.ports, ({ switch: parent }) => parent)) {
      findings.warning(
        again.at('switch'),
        'double-link',
        `router \`${router.name}\` has two ports on switch \`${key}\``,
      );
    }
    checkHops(scene, router);
    checkDhcp(scene, router);
  }
  for (const each of testbed.network.switches) {
    for (const port of each.ports) checkChassis(scene, port.chassis, port.at('chassis'));
  }
  checkDynamic(scene);
}

function checkChassis(
  { findings, inventory, facts }: Scene,
  chassis: string | undefined,
  at: ReturnType<Router['at']>,
): void {
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

function checkHops({ findings }: Scene, router: Router): void {
  const near = router.ports.flatMap((port) => parseSubnet(port.gateway_ip) ?? []);
  for (const route of router.static_routes) {
    const hop = parseIp(route.nexthop)!;
    if (near.some((subnet) => contains(subnet, hop))) continue;
    findings.warning(
      route.at('nexthop'),
      'unreachable-hop',
      `router \`${router.name}\` has no port on a network with ${route.nexthop}`,
    );
  }
}

function checkDhcp(scene: Scene, router: Router): void {
  const { findings, testbed } = scene;
  for (const rule of router.dhcp) {
    if (unknownSwitch(scene, rule.switch, rule.at('switch'))) continue;
    if (!router.ports.some((port) => port.switch === rule.switch)) {
      const message = `router \`${router.name}\` answers DHCP on switch \`${rule.switch}\`, but has no port there`;
      findings.error(rule.at('switch'), 'dhcp-without-port', message, 'add it to the router’s `ports`');
    }
    if (
      !testbed.machines.some(({ network }) =>
        network.some((each) => each.switch === rule.switch && each.ip === 'dynamic'),
      )
    ) {
      findings.warning(rule.at('switch'), 'dhcp-unused', `nobody on switch \`${rule.switch}\` has \`ip: dynamic\``);
    }
    checkRange(scene, rule);
  }
}

function checkRange({ findings }: Scene, rule: Router['dhcp'][number]): void {
  if (!rule.exclude_ips) return;
  const [from, to] = [parseIp(rule.exclude_ips.from)!, parseIp(rule.exclude_ips.to)!];
  if (from.version === to.version && from.value <= to.value) return;
  findings.error(rule.at('exclude_ips'), 'bad-range', `${rule.exclude_ips.from} to ${rule.exclude_ips.to} is no range`);
}

function checkDynamic({ findings, guests, testbed }: Scene): void {
  const rules = testbed.network.routers.flatMap((router) => router.dhcp);
  for (const { again, key } of repeated(rules, (rule) => rule.switch)) {
    findings.error(again.at('switch'), 'duplicate-dhcp', `DHCP is answered twice on switch \`${key}\``);
  }
  const answered = new Set(rules.map((rule) => rule.switch));
  for (const guest of guests) {
    for (const each of guest.interfaces) {
      if (each.ip !== 'dynamic' || answered.has(each.switch.name)) continue;
      const message = `nobody answers DHCP on switch \`${each.switch.name}\`, so \`${guest.name}\` gets no address there`;
      findings.warning(each.at('ip'), 'dynamic-without-dhcp', message, 'add a `dhcp` rule to a router on that switch');
    }
  }
}
