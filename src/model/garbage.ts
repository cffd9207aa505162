import type { KindName } from './kind.ts';

/** A resource that is where it should not be, or is not where it should be. */
export interface GarbageItem {
  readonly deployment: string;
  readonly host: string;
  readonly kind: KindName;
  readonly name: string;
  readonly why: string;
}

/** What a look at all hosts found. Lists are cut where they grow absurdly long; counts are not. */
export interface GarbageReport {
  readonly installation: string;
  readonly hosts: readonly {
    readonly name: string;
    readonly address: string;
    readonly answered: boolean;
    readonly reason?: string;
  }[];
  /** Hosts files the server remembers and cannot read any more: nobody looked at their hosts. */
  readonly unread: readonly { readonly hostsFile: string; readonly reason: string }[];
  /** Of this installation, and nobody owns it: gc removes it. */
  readonly surplus: readonly GarbageItem[];
  /** Wanted by the last plan of a deployment, and not there or not as it should be: up repairs it. */
  readonly missing: readonly GarbageItem[];
  /** Of another installation: shown, never touched. */
  readonly foreign: readonly (GarbageItem & { readonly installation: string })[];
  readonly counts: { readonly surplus: number; readonly missing: number; readonly foreign: number };
  /** The runs that remove the surplus: one per deployment and hosts file. */
  readonly removals: readonly GarbageRemoval[];
}

/** One run of gc. */
export interface GarbageRemoval {
  readonly deployment: string;
  readonly hostsFile?: string;
  readonly count: number;
}
