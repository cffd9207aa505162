import type { HostFacts } from '../model/host.ts';
import type { Blob } from '../model/resources.ts';

/** A base image or an existing disk, as it was found. */
export interface ImageFact extends Blob {
  readonly format: 'qcow2' | 'raw';
  readonly name: string;
}

/**
 * What the compiler is told about the world. A key that is there with `undefined` was looked for and not found; a key
 * that is not there was not looked for, so nothing is said about it.
 */
export interface CompileFacts {
  /** By name of the catalogue, and by path for existing disks. */
  readonly images: ReadonlyMap<string, ImageFact | undefined>;
  readonly files: ReadonlyMap<string, Blob | undefined>;
  readonly archives: ReadonlyMap<string, Blob | undefined>;
  readonly hosts: ReadonlyMap<string, HostFacts>;
  /** Where machines were placed last time. */
  readonly placement: Readonly<Record<string, string>>;
}

/** Facts of nothing: `plan --offline` before anything was looked for. */
export const noFacts: CompileFacts = {
  images: new Map(),
  files: new Map(),
  archives: new Map(),
  hosts: new Map(),
  placement: {},
};

/** Stands in for a file that was not found, so that planning can go on. */
export function standIn(source: string): Blob {
  return { sha256: '0'.repeat(64), size: 0, source };
}
