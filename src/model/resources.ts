import type { EditedText } from './artefacts.ts';
import type { Accelerator } from './host.ts';
import type { KindName } from './kind.ts';
import type { Ref } from './ref.ts';
import type { Asked } from './request.ts';

/** What all resources share. `name` is the name on the host; with the kind it is the identity. */
export interface ResourceBase<K extends KindName> {
  readonly kind: K;
  readonly name: string;
  readonly host: string;
  /** The guest (machine name in the file) it exists for, when there is exactly one. */
  readonly guest?: string;
  /** Observed only: the name its record on the host bears, where an older hosts file named the host otherwise. */
  readonly recordedAs?: string;
}

/** A logical switch. */
export interface OvnSwitch extends ResourceBase<'ovn.switch'> {
  /** CIDR, v4 or v6; undefined for a switch without addresses. */
  readonly subnet?: string;
  /** Addresses OVN's own allocation must not hand out, in `other_config:exclude_ips` form. */
  readonly excludeIps?: string;
}

/** A port of a logical switch. */
export interface OvnSwitchPort extends ResourceBase<'ovn.switch-port'> {
  readonly switch: string;
  readonly type: 'guest' | 'internal' | 'localnet';
  /** OVN `addresses`: `"MAC"`, `"MAC IP"`, `"MAC dynamic"` or `unknown`. */
  readonly addresses: readonly string[];
  /** Name of the `ovn.dhcp` resource that answers on this port. */
  readonly dhcp?: string;
  readonly options?: Readonly<Record<string, string>>;
}

/** A logical router. */
export interface OvnRouter extends ResourceBase<'ovn.router'> {
  readonly chassis?: string;
}

/** A router port and its peer port on the switch: two rows that are never without each other. */
export interface OvnRouterPort extends ResourceBase<'ovn.router-port'> {
  readonly router: string;
  readonly switch: string;
  readonly mac: string;
  /** Addresses with prefix length, such as `10.0.0.1/24`. */
  readonly networks: readonly string[];
}

/** A static route of a router. */
export interface OvnRoute extends ResourceBase<'ovn.route'> {
  readonly router: string;
  readonly prefix: string;
  readonly nexthop: string;
}

/** The chassis through which a router port reaches the outside. */
export interface OvnGateway extends ResourceBase<'ovn.gateway'> {
  readonly router: string;
  readonly routerPort: string;
  readonly chassis: string;
  readonly priority: number;
}

/** Address translation of a router. */
export interface OvnNat extends ResourceBase<'ovn.nat'> {
  readonly router: string;
  readonly type: 'snat' | 'dnat_and_snat';
  readonly externalIp: string;
  readonly logicalIp: string;
}

/** DHCP options of a switch. */
export interface OvnDhcp extends ResourceBase<'ovn.dhcp'> {
  readonly switch: string;
  readonly cidr: string;
  readonly options: Readonly<Record<string, string>>;
}

/** Names answered for on a switch. */
export interface OvnDns extends ResourceBase<'ovn.dns'> {
  readonly switch: string;
  readonly records: Readonly<Record<string, string>>;
}

/** An access rule of a switch, as the user wrote it. */
export interface OvnAcl extends ResourceBase<'ovn.acl'> {
  readonly switch: string;
  readonly direction: 'to-lport' | 'from-lport';
  readonly priority: number;
  readonly match: string;
  readonly action: 'allow-related' | 'allow-stateless' | 'allow' | 'drop' | 'pass' | 'reject';
}

/** The logical port by which the server reaches the guests of a switch from one host. Lives in OVN, so its host is main. */
export interface AccessPort extends ResourceBase<'access.port'> {
  readonly switch: string;
  readonly mac: string;
  /** The host whose namespace it is bound on. */
  readonly chassis: string;
  /** IPv4 address where the user asked for one; normally only IPv6 link-local is used. */
  readonly address?: string;
}

/** Lets the access port pass the user's ACLs on a switch that has any. */
export interface AccessRule extends ResourceBase<'access.rule'> {
  readonly switch: string;
  readonly mac: string;
  /** The port's IPv4 address, if it has one. */
  readonly address?: string;
}

/** veth pair from the integration bridge into the deployment's namespace on one host. */
export interface AccessLink extends ResourceBase<'access.link'> {
  readonly namespace: string;
  /** The logical port (`access.port` name) it is bound to. */
  readonly port: string;
  /** Interface names, at most 15 characters: outside (on br-int) and inside the namespace. */
  readonly outer: string;
  readonly inner: string;
  readonly mac: string;
  readonly mtu: number;
  readonly address?: string;
}

/** A deployment's folder on a host. */
export interface Folder extends ResourceBase<'folder'> {
  readonly path: string;
  /** Octal, such as `0711`. */
  readonly mode: string;
}

/** A file of the server's machine, by content. */
export interface Blob {
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
  /** Path on the server's machine. */
  readonly source: string;
}

/**
 * That a deployment wants a base image on a host. The file is there once, by content, for all deployments; it ends with
 * the last of them that wants it. (Release 0.1 kept a hard link to it in each deployment's folder.)
 */
export interface Push extends ResourceBase<'push'> {
  readonly path: string;
  readonly image: Blob;
  readonly format: 'qcow2' | 'raw';
}

/** A guest's own disk, always qcow2, whatever its base is. */
export interface Disk extends ResourceBase<'disk'> {
  readonly path: string;
  /** `overlay`: qcow2 over the pushed image; `copy`: a deep copy of it. */
  readonly how: 'overlay' | 'copy';
  readonly base: { readonly path: string; readonly format: 'qcow2' | 'raw'; readonly sha256: string };
  /** Added to the image's own size. */
  readonly expandGiB: number;
}

/**
 * One file on a NoCloud seed. Text may hold `{{secret:NAME}}` (a private key) and `{{public:NAME}}` (its public half),
 * names as in the `Secrets` port. The files carrier fills them in on the way to the host and nowhere else; a value of
 * several lines takes the placeholder's own indentation on each. So the desired state holds no keys and never changes
 * with them.
 */
export type SeedFile =
  | {
      readonly name: string;
      readonly text: string;
      /** The user edited it among the artefacts; says nothing about the text itself. */
      readonly edited?: true;
    }
  | { readonly name: string; readonly blob: Blob };

/** What a guest is told at its first boot (a NoCloud ISO). */
export interface Seed extends ResourceBase<'seed'> {
  readonly path: string;
  readonly instanceId: string;
  readonly files: readonly SeedFile[];
}

/** A disk of a domain. */
export interface DomainDisk {
  readonly path: string;
  readonly format: 'qcow2' | 'raw';
  readonly readonly: boolean;
}

/** A network card of a domain. */
export interface DomainInterface {
  readonly mac: string;
  /** Logical port (`ovn.switch-port` name) the tap is bound to. */
  readonly port: string;
  /** Tap name on the host, at most 15 characters. */
  readonly tap: string;
  readonly mtu: number;
}

/** A virtual machine. */
export interface Domain extends ResourceBase<'libvirt.domain'> {
  readonly cpus: number;
  readonly memoryMiB: number;
  readonly accelerator: Accelerator;
  /** In order of attachment: vda, vdb, … */
  readonly disks: readonly DomainDisk[];
  readonly interfaces: readonly DomainInterface[];
  /** Where the serial console is logged on the host. */
  readonly consoleLog: string;
  readonly running: boolean;
  /** Not running, but with its memory. */
  readonly paused?: true;
  /** Observed only: the boot it runs in. It is in no operation: what is made anew has another one. */
  readonly boot?: string;
  /** A person had it stopped or paused. */
  readonly asked?: Asked;
  /** XML the user edited, used as it is. Its hash says whether two are the same: libvirt gives a text back otherwise. */
  readonly xml?: EditedText;
}

/** How a guest is reached over SSH from its host. */
export interface Reach {
  readonly guest: string;
  readonly namespace: string;
  /** Interfaces inside the namespace with the guest's link-local address behind each, best first; `%zone` not included. `via` = `access.link` name. */
  readonly routes: readonly { readonly link: string; readonly address: string; readonly via: string }[];
  readonly user: string;
  /** Names of secrets in the store: the deployment's private key; the guest's host key. Undefined = not known. */
  readonly keySecret?: string;
  readonly hostKeySecret?: string;
}

/** How far up the ladder a guest must come before it counts as ready. */
export type ReadyRung = 'running' | 'banner' | 'ssh' | 'cloud-init';

/** That a guest came up the ladder to a rung. */
export interface GuestReady extends ResourceBase<'guest.ready'> {
  readonly domain: string;
  readonly reach: Reach;
  readonly until: ReadyRung;
  /** Given up after this long without any progress of the guest's own. */
  readonly noProgressSeconds: number;
  readonly consoleLog: string;
  /** What must have come about before it is resumed; `started`: the other guest was resumed, which is less than its readiness. */
  readonly after?: readonly { readonly ref: Ref; readonly started?: true }[];
}

/** A script in a guest. */
export interface Script extends ResourceBase<'script'> {
  readonly domain: string;
  readonly reach: Reach;
  /** Path of the disk it changes: a new disk means the script has not run. */
  readonly disk: string;
  /** File name in the guest, under /tmp. */
  readonly file: string;
  readonly script: Blob;
  readonly when: 'once' | 'every-up';
}

/** Kinds that compile and plan, but whose carriers come later: `up` refuses them with a clear message. */
export type LaterKindName =
  'ovs.bridge' | 'ovs.tunnel' | 'ovs.link' | 'libvirt.network' | 'container' | 'android' | 'image' | 'golden';

/** A resource of such a kind. */
export interface LaterResource<K extends LaterKindName = LaterKindName> extends ResourceBase<K> {
  /** Identities (`kind:name`) of what it comes after. */
  readonly needs: readonly string[];
  readonly settings: Readonly<Record<string, string>>;
}

type LaterTable = { readonly [K in LaterKindName]: LaterResource<K> };

/** The resource type of every kind. */
interface ResourceTable extends LaterTable {
  readonly 'ovn.switch': OvnSwitch;
  readonly 'ovn.switch-port': OvnSwitchPort;
  readonly 'ovn.router': OvnRouter;
  readonly 'ovn.router-port': OvnRouterPort;
  readonly 'ovn.route': OvnRoute;
  readonly 'ovn.gateway': OvnGateway;
  readonly 'ovn.nat': OvnNat;
  readonly 'ovn.dhcp': OvnDhcp;
  readonly 'ovn.dns': OvnDns;
  readonly 'ovn.acl': OvnAcl;
  readonly 'access.port': AccessPort;
  readonly 'access.rule': AccessRule;
  readonly 'access.link': AccessLink;
  readonly folder: Folder;
  readonly push: Push;
  readonly disk: Disk;
  readonly seed: Seed;
  readonly 'libvirt.domain': Domain;
  readonly 'guest.ready': GuestReady;
  readonly script: Script;
}

/** The resource type of one kind. */
export type ResourceOf<K extends KindName> = ResourceTable[K];

/** Everything that can be desired or seen on a host. */
export type Resource = ResourceOf<KindName>;
