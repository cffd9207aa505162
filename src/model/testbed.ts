import type { Position } from './diagnostic.ts';

/** Finds where a part of a noun stands in the file: of the noun itself without a path, else of the deepest part there is. */
export type Where = (...path: readonly (string | number)[]) => Position;

/** A network interface of a machine. */
export interface Interface {
  readonly at: Where;
  readonly switch: string;
  readonly gateway?: string;
  /** Undefined = made from a hash of the names. */
  readonly mac?: string;
  /** An address, `dynamic` for DHCP; undefined = chosen from the switch's subnet. */
  readonly ip?: string;
  /** Provider network, as `options:network_name` of the port. */
  readonly network_name?: string;
}

/** A machine whose disk comes from an image of the catalogue. */
export interface CloudImage {
  readonly at: Where;
  readonly name: string;
  /** Added to the image's own size. */
  readonly expand_gigabytes?: number;
  readonly environment: readonly { readonly key: string; readonly value: string; readonly at: Position }[];
  readonly context?: string;
  readonly setup_script?: string;
  readonly run_script?: string;
}

/** A machine whose disk comes from a disk file of the user, which is never written to. */
export interface ExistingDisk {
  readonly at: Where;
  readonly path: string;
  readonly create_deep_copy: boolean;
  readonly readonly: boolean;
}

/** A libvirt guest. */
export interface LibvirtMachine {
  readonly at: Where;
  readonly cpus: number;
  readonly memory_mb: number;
  readonly username?: string;
  readonly libvirt_type: { readonly cloud_image?: CloudImage; readonly existing_disk?: ExistingDisk };
}

/** A machine of the file. */
export interface Machine {
  readonly at: Where;
  readonly name: string;
  readonly network: readonly Interface[];
  readonly libvirt: LibvirtMachine;
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

/** A logical router. */
export interface Router {
  readonly at: Where;
  readonly name: string;
  readonly ports: readonly RouterPort[];
  readonly static_routes: readonly { readonly at: Where; readonly prefix: string; readonly nexthop: string }[];
  readonly nat: readonly {
    readonly at: Where;
    readonly nat_type: 'snat' | 'dnat_and_snat';
    readonly external_ip: string;
    readonly logical_ip: string;
  }[];
  readonly dhcp: readonly {
    readonly at: Where;
    readonly switch: string;
    readonly exclude_ips?: { readonly from: string; readonly to: string };
  }[];
}

/** A rule of a switch's access control list. */
export interface AclRule {
  readonly at: Where;
  readonly direction: 'to-lport' | 'from-lport';
  readonly priority: number;
  readonly match: string;
  readonly action: 'allow-related' | 'allow-stateless' | 'allow' | 'drop' | 'pass' | 'reject';
}

/** Networks as OVN has them. */
export interface OvnNetwork {
  readonly at: Where;
  readonly switches: readonly Switch[];
  readonly routers: readonly Router[];
  readonly acl: {
    readonly apply_deny_all: boolean;
    readonly switches: readonly { readonly name: string; readonly at: Position; readonly rules: readonly AclRule[] }[];
  };
}

/** What the project file says, before anything is decided. */
export interface Testbed {
  readonly at: Where;
  /** The deployment's name. */
  readonly name: string;
  readonly machines: readonly Machine[];
  readonly network: OvnNetwork;
}
