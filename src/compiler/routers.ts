import { formatIp, formatSubnet, parseSubnet } from '../model/ip.ts';
import type { OvnDhcp, OvnGateway, OvnNat, OvnRoute, OvnRouterPort, Resource } from '../model/resources.ts';
import type { Router, RouterPort } from '../model/testbed-network.ts';
import { chassisOf } from './facts.ts';
import { derivedMac } from './names.ts';
import type { CompileContext } from './compile-context.ts';

/** Among several gateways of a port OVN takes the highest; there is one, so any will do. */
const gatewayPriority = 20;

/** Routers with all that hangs on them. */
export function compileRouters(context: CompileContext): Resource[] {
  return context.ovn.routers.flatMap((router) => [
    { kind: 'ovn.router', name: context.names.own(router.name), host: context.inventory.main },
    ...router.ports.map((port) => portOf(context, router, port)),
    ...router.ports.flatMap((port) => gatewayOf(context, router, port)),
    ...router.static_routes.map((route) => routeOf(context, router, route)),
    ...router.nat.map((rule) => natOf(context, router, rule)),
    ...router.dhcp.flatMap((rule) => dhcpOf(context, router, rule)),
  ]);
}

/** The MAC of a router port. */
function macOfPort(deployment: string, port: RouterPort): string {
  return port.mac ?? derivedMac('router', deployment, port.name);
}

function portOf({ names, inventory }: CompileContext, router: Router, port: RouterPort): OvnRouterPort {
  return {
    kind: 'ovn.router-port',
    name: names.own(port.name),
    host: inventory.main,
    router: names.own(router.name),
    switch: names.own(port.switch),
    mac: macOfPort(names.deployment, port),
    networks: [port.gateway_ip],
  };
}

function gatewayOf(context: CompileContext, router: Router, port: RouterPort): OvnGateway[] {
  const wanted = port.set_gateway_chassis;
  if (wanted === undefined) return [];
  const { names, inventory, facts } = context;
  const routerPort = names.own(port.name);
  const chassis = chassisOf(facts, wanted);
  const name = `${routerPort}-${wanted}`;
  return [
    {
      kind: 'ovn.gateway',
      name,
      host: inventory.main,
      router: names.own(router.name),
      routerPort,
      chassis,
      priority: gatewayPriority,
    },
  ];
}

function routeOf(
  { names, inventory }: CompileContext,
  router: Router,
  { prefix, nexthop }: Router['static_routes'][number],
): OvnRoute {
  const own = names.own(router.name);
  return { kind: 'ovn.route', name: `${own}-${prefix}-${nexthop}`, host: inventory.main, router: own, prefix, nexthop };
}

function natOf({ names, inventory }: CompileContext, router: Router, rule: Router['nat'][number]): OvnNat {
  const { nat_type: type, external_ip: externalIp, logical_ip: logicalIp } = rule;
  const own = names.own(router.name);
  const name = `${own}-${type}-${externalIp}-${logicalIp}`;
  return { kind: 'ovn.nat', name, host: inventory.main, router: own, type, externalIp, logicalIp };
}

function dhcpOf(context: CompileContext, router: Router, rule: Router['dhcp'][number]): OvnDhcp[] {
  const { names, inventory, ovn, mtu } = context;
  const parent = ovn.switches.find(({ name }) => name === rule.switch);
  const door = router.ports.find((port) => port.switch === rule.switch);
  if (!parent || !door) return [];
  const subnet = parseSubnet(parent.subnet)!;
  const own = parseSubnet(door.gateway_ip)!;
  const address = formatIp({ version: own.version, value: own.address });
  return [
    {
      kind: 'ovn.dhcp',
      name: names.own(rule.switch),
      host: inventory.main,
      switch: names.own(rule.switch),
      cidr: formatSubnet(subnet),
      options: {
        lease_time: '3600',
        router: address,
        server_id: address,
        server_mac: macOfPort(names.deployment, door),
        dns_server: '{8.8.8.8}',
        mtu: String(mtu),
      },
    },
  ];
}
