import type { OwnerLabel } from '../owner-label.ts';
import type { Ref } from '../ref.ts';
import type { Blob, Resource, SeedFile } from '../resources.ts';
import { defineTransport } from './transport.ts';

/**
 * One line of a host's manifest of a deployment (`<folder>/manifest/<hash of ref>.json`): for things that have no
 * place for a mark. Written before the thing is made and removed after it is gone, so nothing is ever unlisted.
 */
export interface ManifestRecord {
  readonly ref: Ref;
  readonly mark: OwnerLabel;
  /** The goal it was made from. Holds no secrets. */
  readonly goal: Resource;
  /** For readiness and scripts: the boot of the guest it is true for, as `DomainAnswer.boot`. */
  readonly boot?: string;
}

/** How a file comes to be. Every way is idempotent, and a partial file never has the final name. */
export type FileMaking =
  | { readonly type: 'folder'; readonly path: string; readonly mode: string }
  | { readonly type: 'push'; readonly path: string; readonly image: Blob; readonly format: 'qcow2' | 'raw' }
  | {
      readonly type: 'overlay' | 'copy';
      readonly path: string;
      readonly base: string;
      readonly baseFormat: 'qcow2' | 'raw';
      readonly expandGiB: number;
    }
  | { readonly type: 'seed'; readonly path: string; readonly files: readonly SeedFile[] };

/** One item for the files carrier. */
export type FilesOp =
  | { readonly transport: 'files'; readonly do: 'ensure'; readonly make: FileMaking; readonly record: ManifestRecord }
  | {
      readonly transport: 'files';
      readonly do: 'remove';
      readonly ref: Ref;
      readonly deployment: string;
      readonly path: string;
      /** A folder is removed only when nothing but its manifest is left in it. */
      readonly folder: boolean;
    };

/** The manifest, and the files really there. */
export interface FilesAnswer {
  readonly records: readonly ManifestRecord[];
  /** Absolute paths under the deployment's folder, and of the host's images, with sizes in bytes (0 for folders). */
  readonly files: Readonly<Record<string, number>>;
}

/** Folders, images, disks and seeds, and the manifest that lists them. */
export const files = defineTransport<FilesOp, FilesAnswer>({ class: 'files', noun: 'files' });
