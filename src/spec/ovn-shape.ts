import type { Acl, AclRule, OvnNetwork, Router, Switch } from '../model/testbed-network.ts';
import { about, checked, type Shape, turned } from './shape.ts';
import { list, namedRecords, optional, record, required, withDefault, table } from './shape-collections.ts';
import { cidrShape, ipOrCidr, ipRange, ipShape, macShape, nameShape, prefixShape } from './shape-network.ts';
import { choice, flag, integer, text } from './shape-scalars.ts';

const switchPort = record(
  {
    name: required(nameShape),
    chassis: optional(about('the host it is bound on', text)),
    localnet: optional(about('the door to a provider network', record({ network_name: required(text) }))),
    internal: optional(record({ ip: required(ipShape), mac: required(macShape), network_name: optional(text) })),
  },
  { exactlyOne: ['localnet', 'internal'], ignored: { router: 'it is made together with the router’s port' } },
);

const switches: Shape<readonly Switch[]> = namedRecords(
  record({
    subnet: required(cidrShape),
    ports: withDefault(list(switchPort), () => []),
    dns: withDefault(about('whether OVN answers for the names of machines on it', flag), () => true),
  }),
);

const routerPort = record({
  name: required(nameShape),
  mac: optional(macShape),
  gateway_ip: required(about('the router’s own address on the switch, with the prefix length', cidrShape)),
  switch: required(text),
  set_gateway_chassis: optional(about('the host through which this port reaches the outside', text)),
});

const natRule = record({
  nat_type: required(choice(['snat', 'dnat_and_snat'])),
  external_ip: required(ipShape),
  logical_ip: required(ipOrCidr),
});

const routers: Shape<readonly Router[]> = namedRecords(
  record({
    ports: withDefault(list(routerPort), () => []),
    static_routes: withDefault(list(record({ prefix: required(prefixShape), nexthop: required(ipShape) })), () => []),
    nat: withDefault(list(natRule), () => []),
    dhcp: withDefault(list(record({ switch: required(text), exclude_ips: optional(ipRange) })), () => []),
  }),
);

const match = checked(text, (value) =>
  value.trim() === ''
    ? { code: 'bad-match', message: '`match` must say what it matches', hint: '`1` matches everything' }
    : undefined,
);

const aclRule: Shape<AclRule> = record({
  direction: required(choice(['to-lport', 'from-lport'])),
  priority: required(integer({ min: 0, max: 32_767 })),
  match: required(about('as OVN writes it, such as `ip4 && tcp.dst == 22`', match)),
  action: required(choice(['allow-related', 'allow-stateless', 'allow', 'drop', 'pass', 'reject'])),
});

const acl: Shape<Acl> = record({
  apply_deny_all: withDefault(about('what no rule allows is dropped', flag), () => false),
  switches: withDefault(
    turned(table(list(aclRule)), (entries) => entries.map(({ key, at, value }) => ({ name: key, at, rules: value }))),
    () => [],
  ),
});

/** `network.ovn`. */
export const ovnShape: Shape<OvnNetwork> = turned(
  record({
    switches: withDefault(switches, () => []),
    routers: withDefault(routers, () => []),
    acl: withDefault(acl, () => ({ apply_deny_all: false, switches: [] })),
  }),
  (network) => ({ kind: 'ovn', ...network }),
);
