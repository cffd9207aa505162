import type { Blob } from './resources.ts';

/** A hash a publisher gives for a file. */
export interface Checksum {
  readonly algorithm: 'sha256' | 'sha512';
  /** Hexadecimal, in small letters. */
  readonly hex: string;
}

/** Which content an image had when it was first pulled: an entry of the lock file beside the project. */
export interface ImagePin {
  readonly url: string;
  readonly sha256: string;
  /** Where the publisher's list is one of SHA-512: as it stood there. */
  readonly sha512?: string;
  readonly size: number;
  /** The publisher's list it was pinned from. */
  readonly list: string;
  /** Day of pinning, such as 2026-11-28. */
  readonly pinned: string;
}

/** An image of the catalogue that is not in the server's cache yet. `up` pulls it; everything else only tells of it. */
export interface ImageToPull {
  readonly toPull: true;
  readonly name: string;
  readonly url: string;
  /** As the catalogue says; where it says nothing, it is not known yet. */
  readonly format?: 'qcow2' | 'raw';
  /** What its content must be: known beforehand, or only to be read in the publisher's list. */
  readonly expected:
    | { readonly by: 'pin' | 'catalogue'; readonly checksum: Checksum; readonly content: Blob }
    | { readonly by: 'list'; readonly list: string };
}
