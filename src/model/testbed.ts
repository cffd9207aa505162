import type { Position, Where } from './diagnostic.ts';
import type { BridgeNetwork, OvnNetwork, Range } from './testbed-network.ts';

/** A network interface of a machine. */
export interface Interface {
  readonly at: Where;
  /** A switch, or a bridge in the older format. */
  readonly switch: string;
  readonly gateway?: string;
  /** Undefined = made from a hash of the names. */
  readonly mac?: string;
  /** An address, `dynamic` for DHCP; undefined = chosen from the switch's subnet. */
  readonly ip?: string;
  /** Provider network, as `options:network_name` of the port. */
  readonly network_name?: string;
}

/** How the clones of a scaled machine are wired to one switch. */
export interface CloneWiring {
  readonly at: Where;
  readonly switch: string;
  /** Numbers of clones; a clone's place in this list decides its address in the ranges. */
  readonly clones: readonly number[];
  readonly gateway?: string;
  readonly ip?: 'dynamic' | Range;
  readonly mac_range?: Range;
}

/** A script for some clones. */
export interface CloneScript {
  readonly at: Where;
  readonly script: string;
  readonly clones: readonly number[];
}

/** One machine that becomes several, numbered from 0. */
export interface Scaling {
  readonly at: Where;
  readonly count: number;
  readonly interfaces: readonly CloneWiring[];
  /** Runs once, in the golden image all clones share. */
  readonly shared_setup?: string;
  readonly clone_setup: readonly CloneScript[];
  readonly clone_run: readonly CloneScript[];
}

/** A machine whose disk comes from an image of the catalogue. */
export interface CloudImage {
  readonly at: Where;
  readonly name: string;
  /** Added to the image's own size. */
  readonly expand_gigabytes?: number;
  readonly environment: readonly EnvironmentEntry[];
  readonly context?: string;
  readonly setup_script?: string;
  readonly run_script?: string;
}

/** One value a guest or container is told. */
export interface EnvironmentEntry {
  readonly key: string;
  readonly value: string;
  readonly at: Position;
}

/** A machine whose disk comes from a disk file of the user, which is never written to. */
export interface ExistingDisk {
  readonly at: Where;
  readonly path: string;
  readonly create_deep_copy: boolean;
  readonly readonly: boolean;
}

/** A machine that boots from an ISO image, to be installed by hand. */
export interface IsoGuest {
  readonly at: Where;
  readonly path: string;
  readonly expand_gigabytes?: number;
}

/** A libvirt guest. */
export interface LibvirtMachine {
  readonly at: Where;
  readonly cpus: number;
  readonly memory_mb: number;
  readonly username?: string;
  readonly libvirt_type: {
    readonly cloud_image?: CloudImage;
    readonly existing_disk?: ExistingDisk;
    readonly iso_guest?: IsoGuest;
  };
  readonly scaling?: Scaling;
}

/** A container. */
export interface DockerMachine {
  readonly at: Where;
  readonly image: string;
  readonly command?: string;
  readonly entrypoint?: string;
  readonly environment: readonly EnvironmentEntry[];
  readonly env_file?: string;
  readonly volumes: readonly { readonly at: Where; readonly source: string; readonly target: string }[];
  readonly privileged: boolean;
  readonly device: readonly string[];
  readonly user?: string;
  readonly scaling?: Scaling;
}

/** An Android emulator. */
export interface AndroidMachine {
  readonly at: Where;
  readonly avd?: { readonly android_api_version: number; readonly playstore_enabled: boolean };
  readonly existing_avd?: { readonly path: string };
  readonly scaling?: Scaling;
}

/** Where a machine would like to be. */
export interface PlacementWish {
  readonly at: Where;
  readonly host?: string;
  readonly avoid: readonly string[];
  readonly together_with: readonly string[];
  readonly apart_from: readonly string[];
}

/** What a machine waits for before it boots: that another was started, is ready, or has run its scripts. */
export interface Dependency {
  readonly at: Position;
  /** A machine, all its clones where it is scaled, or one clone. */
  readonly name: string;
  readonly until: 'started' | 'ready' | 'script';
}

/** A machine of the file: exactly one of the three kinds. */
export interface Machine {
  readonly at: Where;
  readonly name: string;
  readonly depends_on: readonly Dependency[];
  readonly network: readonly Interface[];
  readonly placement?: PlacementWish;
  readonly libvirt?: LibvirtMachine;
  readonly docker?: DockerMachine;
  readonly android?: AndroidMachine;
}

/** How machines without a wish are spread over the hosts. */
export type PlacementPolicy = 'NaiveRoundRobin' | 'Balanced' | 'MainFirst' | 'Fill';

/** How the server reaches guests, where the user has a wish about it. */
export interface AccessWish {
  readonly at: Where;
  /** `none`: it does not, so nothing can be run in guests. */
  readonly how: 'none' | 'addresses';
  /** IPv4 addresses for the server on switches whose guests have no IPv6: from each on, one per host with guests. */
  readonly addresses: readonly { readonly switch: string; readonly ip: string; readonly at: Position }[];
}

/** What the project file says, before anything is decided. */
export interface Testbed {
  readonly at: Where;
  /** The deployment's name. */
  readonly name: string;
  readonly machines: readonly Machine[];
  /** How guests are joined: OVN's logical networks, or bridges as in the older format. */
  readonly network: OvnNetwork | BridgeNetwork;
  readonly policy: PlacementPolicy;
  readonly access?: AccessWish;
}
