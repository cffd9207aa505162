import type { ImagePin, ImageToPull } from '../model/image.ts';
import type { Blob } from '../model/resources.ts';

/** A file or folder of the project as the compiler needs to know it; `undefined` = not there or not readable. */
export interface ProjectFiles {
  /** Text of a file; throws Failure `file-missing` or `file-unreadable` with the path. */
  readText(path: string): Promise<string>;
  /** The file by content, hash cached by (path, size, mtime, inode). */
  blob(path: string): Promise<Blob | undefined>;
  /** A file or folder packed as a deterministic tar.gz in the server's cache, by content. */
  archive(path: string): Promise<Blob | undefined>;
  /** Writes text atomically (temporary name, then rename), with the folders it needs, for the owner of the folder. */
  writeText(path: string, text: string): Promise<void>;
  /** Removes a file, and its folder when that is empty then. */
  remove(path: string): Promise<void>;
}

/** A base image in the server's cache, verified. */
export interface ImageFile extends Blob {
  readonly format: 'qcow2' | 'raw';
  readonly name: string;
}

/** How far a download is, in bytes; the size is undefined where the server does not say it. */
export interface PullProgress {
  readonly received: number;
  readonly size?: number;
}

/** A pulled image, and what its content must be from now on where that was not decided before. */
export interface Pulled {
  readonly image: ImageFile;
  readonly pin?: Omit<ImagePin, 'pinned'>;
}

/** The catalogue: name → URL or file, SHA-256 or the publisher's list, format; user-extensible. */
export interface Images {
  /**
   * What a name of the catalogue comes to, by what this machine holds and by the project's pin; asks no network.
   * Undefined: the catalogue does not know the name. Throws Failure when the catalogue or the pin forbids what is there.
   */
  resolve(name: string, pin: ImagePin | undefined): Promise<ImageFile | ImageToPull | undefined>;
  /** Fetches an image, and its publisher's list where its content is not known yet, and verifies it. */
  pull(image: ImageToPull, signal?: AbortSignal, tell?: (progress: PullProgress) => void): Promise<Pulled>;
  /** An existing disk file of the user, probed (format, readable). */
  existing(path: string): Promise<ImageFile | undefined>;
  names(): Promise<readonly string[]>;
}
