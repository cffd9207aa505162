/** How QEMU runs guests on a host: probed by booting something with a time-out, because `/dev/kvm` may exist and hang. */
export type Accelerator = 'kvm' | 'qemu';

/** A machine that carries guests, as the hosts file describes it. */
export interface Host {
  readonly name: string;
  readonly connection: 'local' | 'ssh';
  /** IP address or DNS name other hosts and the server reach it by; tunnels end here. */
  readonly address: string;
  readonly port: number;
  readonly user: string;
  /** Path of the private key on the server's machine; undefined = the agent or the user's default keys. */
  readonly identityFile?: string;
  /** Path of the known_hosts file on the server's machine; host keys are always checked. */
  readonly knownHostsFile?: string;
  readonly accelerator: 'auto' | Accelerator;
}

/** All hosts, and which of them is the main one (OVN central, NAT). */
export interface Inventory {
  readonly main: string;
  readonly hosts: readonly Host[];
}

/** What a host told about itself in the last observation. */
export interface HostFacts {
  readonly accelerator: Accelerator;
  readonly cores: number;
  readonly memoryMiB: number;
  /** Free space where disks live, MiB. */
  readonly diskFreeMiB: number;
  /** OVN chassis name (`external_ids:system-id`); empty when the host is no chassis. */
  readonly chassis: string;
  /** Tools we need that are not there. */
  readonly missingTools: readonly string[];
  /** What lies on the machine and names it, whatever the hosts file calls it. Undefined where it cannot be written. */
  readonly id?: string;
}

/** A machine a deployment has, or may have, something on, as it was last known. */
export interface KnownHost {
  readonly host: Host;
  /** It was main: rows of the northbound database may lie there. */
  readonly main: boolean;
  readonly id?: string;
}

/** Where everything of ours lives on a host: QEMU must reach it, and a home folder is usually 0700. */
export const hostRoot = '/var/lib/kvm-compose';

/** Base images by content: one file for all deployments that want it and all disks that stand on it. */
export const imagesFolder = `${hostRoot}/images`;

/** A deployment's folder on a host. */
export function deploymentFolder(deployment: string): string {
  return `${hostRoot}/deployments/${deployment}`;
}

/** The network namespace, on each host, from which a deployment's guests are reached. */
export function accessNamespace(deployment: string): string {
  return `kc-${deployment}`;
}
