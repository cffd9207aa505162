import type { EditedText } from '../artefacts.ts';
import type { DomainMetadata } from '../domain-metadata.ts';
import type { OwnerLabel } from '../owner-label.ts';
import type { Asked } from '../request.ts';
import type { Domain } from '../resources.ts';
import { defineTransport } from './transport.ts';

/** One item for the libvirt carrier. A batch of them starts paused, plugs all taps at once, waits for OVN. */
export type LibvirtOp =
  | {
      readonly transport: 'libvirt';
      readonly do: 'ensure';
      /** `running: false` = it ends shut off: the way back for one that was found so. */
      readonly domain: Domain;
      readonly mark: OwnerLabel;
      /** Complete domain XML, metadata with the mark included. */
      readonly xml: string;
      /** True: a running one must be powered off and on to become this. False: define, start or resume, bind. */
      readonly restart: boolean;
      /** The boot a restart was asked of: with another one it has been restarted already. */
      readonly from?: string;
      /** How long it may take to power itself off before it is powered off; 0 = at once. 15 s where it is left out. */
      readonly stopSeconds?: number;
      /**
       * It stays paused: its guest's own chain resumes it when the host has room. A domain that runs already runs on.
       * Absent = resumed by the batch itself, as in plans of the releases before.
       */
      readonly leave?: 'paused';
    }
  | {
      readonly transport: 'libvirt';
      /** Pauses it, or lets it go on; it keeps its memory and its ports. */
      readonly do: 'pause' | 'resume';
      readonly name: string;
      readonly deployment: string;
      /** What the domain carries about itself from then on. */
      readonly metadata: DomainMetadata;
    }
  | {
      readonly transport: 'libvirt';
      readonly do: 'remove';
      readonly name: string;
      readonly deployment: string;
      /** Goes with it: nothing else knows of the file. Empty where that is not known. */
      readonly consoleLog: string;
      /** Of its cards: their ports go with it even if somebody added them again without our mark. */
      readonly taps: readonly string[];
    };

/** A domain as libvirt has it now. */
export interface DomainAnswer {
  readonly name: string;
  /** From the domain's metadata (`domain-metadata.ts`); undefined when it carries none of ours. */
  readonly mark: OwnerLabel | undefined;
  /** The guest's name in the project file, from the metadata too. */
  readonly guest?: string;
  readonly state: 'running' | 'paused' | 'shut off' | 'crashed' | 'other';
  readonly cpus: number;
  readonly memoryMiB: number;
  readonly accelerator: 'kvm' | 'qemu';
  readonly disks: readonly { readonly path: string; readonly format: 'qcow2' | 'raw'; readonly readonly: boolean }[];
  readonly interfaces: readonly {
    readonly mac: string;
    readonly tap: string;
    readonly mtu: number;
    /** `external_ids:iface-id` of the OVS Interface row; empty where that is of an earlier tap than the one there is. */
    readonly port: string;
  }[];
  readonly consoleLog: string;
  /** Where it was made from XML the user edited: the hash of that, and the XML as libvirt has it now. */
  readonly edited?: EditedText;
  /** A person had it stopped or paused. */
  readonly asked?: Asked;
  /** Changes with every power-on: pid and start time of its QEMU. Empty when it does not run. */
  readonly boot: string;
}

/** A domain's port on the integration bridge: it outlives its tap, and the domain too when that is undefined by hand. */
export interface DomainPort {
  readonly tap: string;
  /** `external_ids` of the OVS Interface row: the mark of the domain, `iface-id` and `attached-mac`. */
  readonly externalIds: Readonly<Record<string, string>>;
}

/** All domains of a host that carry our mark or would bear one of our names, and the ports that were added for them. */
export interface LibvirtAnswer {
  readonly domains: readonly DomainAnswer[];
  readonly ports: readonly DomainPort[];
}

/** Domains and their ports on the integration bridge. */
export const libvirt = defineTransport<LibvirtOp, LibvirtAnswer>({ class: 'start', noun: 'domains' });
