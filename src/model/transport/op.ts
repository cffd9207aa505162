import type { HostFacts } from '../host.ts';
import type { FilesAnswer, FilesOp } from './files.ts';
import type { GuestOp } from './guest.ts';
import type { LibvirtAnswer, LibvirtOp } from './libvirt.ts';
import type { LinksAnswer, LinksOp } from './links.ts';
import type { OvnAnswer, OvnOp } from './ovn.ts';

/** A kind without a carrier yet: refused before anything is touched. */
export interface LaterOp {
  readonly transport: 'later';
  readonly why: string;
}

/** Any operation a carrier can be given; `transport` says which carrier. */
export type Op = OvnOp | FilesOp | LinksOp | LibvirtOp | GuestOp | LaterOp;

/** The operation type of one transport. */
export type OpOf<T extends Op['transport']> = Extract<Op, { transport: T }>;

/** What can be asked of a host; the answers of all kinds are fetched in one read. */
export type QueryName = 'ovn' | 'files' | 'links' | 'libvirt';

/** One host's answers to one read. */
export interface Answers {
  readonly host: string;
  readonly facts: HostFacts;
  readonly ovn?: OvnAnswer;
  readonly files?: FilesAnswer;
  readonly links?: LinksAnswer;
  readonly libvirt?: LibvirtAnswer;
}
