import type { Blob } from '../model/resources.ts';

/** A file or folder of the project as the compiler needs to know it; `undefined` = not there or not readable. */
export interface ProjectFiles {
  /** Text of a file; throws Failure `file-missing` or `file-unreadable` with the path. */
  readText(path: string): Promise<string>;
  /** The file by content, hash cached by (path, size, mtime, inode). */
  blob(path: string, signal?: AbortSignal): Promise<Blob | undefined>;
  /** A file or folder packed as a deterministic tar.gz in the server's cache, by content. */
  archive(path: string, signal?: AbortSignal): Promise<Blob | undefined>;
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

/** The catalogue: name → URL or file, SHA-256, format; user-extensible. */
export interface Images {
  /** Undefined: the catalogue does not know the name. Throws Failure when it knows it but cannot provide it. */
  resolve(name: string, signal?: AbortSignal): Promise<ImageFile | undefined>;
  /** An existing disk file of the user, probed (format, readable). */
  existing(path: string, signal?: AbortSignal): Promise<ImageFile | undefined>;
  names(): Promise<readonly string[]>;
}
