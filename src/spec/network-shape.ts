import { about, checked, type Shape } from './shape.ts';
import { list, named, optional, record, required, standing, table } from './shape-collections.ts';
import { cidrShape, ipOrCidr, ipShape, macShape, nameShape, prefixShape } from './shape-network.ts';
import { choice, flag, integer, text } from './shape-scalars.ts';
import type { AclRule, OvnNetwork } from '../model/testbed.ts';

const switchPort = record(
  {
    name: required(nameShape),
    chassis: optional(text),
    localnet: optional(record({ network_name: required(text) })),
    internal: optional(record({ ip: required(ipShape), mac: required(macShape), network_name: optional(text) })),
  },
  { exactlyOne: ['localnet', 'internal'] },
);

const logicalSwitch = about(
  'a logical switch: one network for guests, on whatever hosts they are',
  record({ subnet: required(cidrShape), ports: standing(list(switchPort), () => []) }),
);

const range = record({ from: required(ipShape), to: required(ipShape) });

const routerPort = record({
  name: required(nameShape),
  mac: optional(macShape),
  gateway_ip: required(about('the router’s own address on the switch, with the prefix length', cidrShape)),
  switch: required(text),
  set_gateway_chassis: optional(about('the host through which this port reaches the outside', text)),
});

const router = record({
  ports: standing(list(routerPort), () => []),
  static_routes: standing(list(record({ prefix: required(prefixShape), nexthop: required(ipShape) })), () => []),
  nat: standing(
    list(
      record({
        nat_type: required(choice(['snat', 'dnat_and_snat'])),
        external_ip: required(ipShape),
        logical_ip: required(ipOrCidr),
      }),
    ),
    () => [],
  ),
  dhcp: standing(list(record({ switch: required(text), exclude_ips: optional(range) })), () => []),
});

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

const rulesOfSwitches: Shape<OvnNetwork['acl']['switches']> = (() => {
  const rules = table(list(aclRule));
  return {
    json: rules.json,
    read: (node, reading, name) =>
      rules.read(node, reading, name)?.map(({ key, at, value }) => ({ name: key, at, rules: value })),
  };
})();

/** `network.ovn`. */
export const ovnShape = record({
  switches: standing(named(logicalSwitch), () => []),
  routers: standing(named(router), () => []),
  acl: standing(
    record({ apply_deny_all: standing(flag, () => false), switches: standing(rulesOfSwitches, () => []) }),
    () => ({ apply_deny_all: false, switches: [], at: nowhere }),
  ),
});

function nowhere(): never {
  throw new Error('what was not written stands nowhere');
}
