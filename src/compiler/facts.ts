import { createHash } from 'node:crypto';

import type { EditedText } from '../model/artefacts.ts';
import type { HostFacts } from '../model/host.ts';
import type { ImageToPull } from '../model/image.ts';
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
  /** By name of the catalogue, and by path for existing disks. What is to be pulled is only planned with. */
  readonly images: ReadonlyMap<string, ImageFact | ImageToPull | undefined>;
  readonly files: ReadonlyMap<string, Blob | undefined>;
  readonly archives: ReadonlyMap<string, Blob | undefined>;
  readonly hosts: ReadonlyMap<string, HostFacts>;
  /** Where machines were placed last time. */
  readonly placement: Readonly<Record<string, string>>;
  /** Generated texts the user edited, by path from the project's folder. */
  readonly edited?: ReadonlyMap<string, EditedText>;
}

/** Facts of nothing: `plan --offline` before anything was looked for. */
export const noFacts: CompileFacts = {
  images: new Map(),
  files: new Map(),
  archives: new Map(),
  hosts: new Map(),
  placement: {},
};

/** What OVN calls a host: as the host says itself, else its name. */
export function chassisOf({ hosts }: CompileFacts, host: string): string {
  return hosts.get(host)?.chassis || host;
}

/**
 * Stands for an image that is not pulled yet. Where its content is not known either, zeros show it, and the source is
 * no path: nothing can be made from it.
 */
export function beforePull({ name, url, format = 'qcow2', expected }: ImageToPull): ImageFact {
  const content = expected.by === 'list' ? standIn(`image ${name} (not pulled yet, from ${url})`) : expected.content;
  return { ...content, format, name };
}

/** Stands in for a file that was not found, so that planning can go on. Zeros show it, and no two are the same. */
export function standIn(source: string): Blob {
  const part = createHash('sha256').update(source).digest('hex').slice(0, 6);
  return { sha256: `000000${part}`.padEnd(64, '0'), size: 0, source };
}
