import type { Position, Where } from './diagnostic.ts';

/** First and last of a range, as written. */
export interface Range {
  readonly from: string;
  readonly to: string;
}

/** A port of a switch that is no guest's. */
export interface SwitchPort {
  readonly at: Where;
  readonly name: string;
  readonly chassis?: string;
  readonly localnet?: { readonly network_name: string };
  readonly internal?: { readonly ip: string; readonly mac: string; readonly network_name?: string };
}

/** A logical switch. */
export interface Switch {
  readonly at: Where;
  readonly name: string;
  readonly subnet: string;
  readonly ports: readonly SwitchPort[];
  /** Whether OVN answers for the names of machines on it. */
  readonly dns: boolean;
}

/** A router port and with it a link to a switch. */
export interface RouterPort {
  readonly at: Where;
  readonly name: string;
  readonly mac?: string;
  readonly gateway_ip: string;
  readonly switch: string;
  readonly set_gateway_chassis?: string;
}

/** A static route. */
export interface StaticRoute {
  readonly at: Where;
  readonly prefix: string;
  readonly nexthop: string;
}

/** An address translation. */
export interface NatRule {
  readonly at: Where;
  readonly nat_type: 'snat' | 'dnat_and_snat';
  readonly external_ip: string;
  readonly logical_ip: string;
}

/** Lets a router answer DHCP on a switch it has a port on. */
export interface DhcpRule {
  readonly at: Where;
  readonly switch: string;
  readonly exclude_ips?: Range;
}

/** A logical router. */
export interface Router {
  readonly at: Where;
  readonly name: string;
  readonly ports: readonly RouterPort[];
  readonly static_routes: readonly StaticRoute[];
  readonly nat: readonly NatRule[];
  readonly dhcp: readonly DhcpRule[];
}

/** A rule of a switch's access control list. */
export interface AclRule {
  readonly at: Where;
  readonly direction: 'to-lport' | 'from-lport';
  readonly priority: number;
  readonly match: string;
  readonly action: 'allow-related' | 'allow-stateless' | 'allow' | 'drop' | 'pass' | 'reject';
}

/** Access rules; a switch that is not named has none. */
export interface Acl {
  readonly apply_deny_all: boolean;
  readonly switches: readonly { readonly name: string; readonly at: Position; readonly rules: readonly AclRule[] }[];
}

/** Networks as OVN has them. */
export interface OvnNetwork {
  readonly kind: 'ovn';
  readonly at: Where;
  readonly switches: readonly Switch[];
  readonly routers: readonly Router[];
  readonly acl: Acl;
}

/** An Open vSwitch bridge of the older format. */
export interface Bridge {
  readonly at: Where;
  readonly name: string;
  readonly controller?: string;
  readonly protocol: string;
}

/** Networks as the older format has them: bridges, links between them, one of them with a way out. */
export interface BridgeNetwork {
  readonly kind: 'bridges';
  readonly at: Where;
  readonly bridges: readonly Bridge[];
  readonly connections: readonly { readonly from: string; readonly to: string; readonly at: Position }[];
  readonly external_bridge?: string;
  readonly nics: readonly {
    readonly at: Where;
    readonly nic_name: string;
    readonly testbed_bridge: string;
    readonly testbed_host: string;
  }[];
}
