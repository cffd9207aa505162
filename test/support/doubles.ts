import { createHash } from 'node:crypto';

import type { EventLog, NumberedEvent, RunEvent } from '../../src/ports/events.ts';
import type { Images, ProjectFiles } from '../../src/ports/project.ts';
import type { Secrets } from '../../src/ports/store.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Project files from a table of texts by path. */
export function filesOf(texts: Readonly<Record<string, string>>): ProjectFiles {
  const blob: ProjectFiles['blob'] = (path) => {
    const text = texts[path];
    return Promise.resolve(text === undefined ? undefined : { sha256: sha256(text), size: text.length, source: path });
  };
  return {
    readText: (path) =>
      texts[path] === undefined ? Promise.reject(new Error(`no ${path}`)) : Promise.resolve(texts[path]),
    blob,
    archive: blob,
    writeText: () => Promise.resolve(),
  };
}

/** A catalogue that knows every name. */
export const anyImage: Images = {
  resolve: (name) =>
    Promise.resolve({ name, format: 'qcow2', sha256: sha256(name), size: 1000, source: `/cache/${name}` }),
  existing: () => Promise.resolve(undefined),
  names: () => Promise.resolve([]),
};

/** Secrets that are none. */
export const noSecrets: Secrets = {
  privateKey: (name) => Promise.resolve(`private ${name}`),
  publicKey: (name) => Promise.resolve(`ssh-ed25519 AAAA ${name}`),
  path: (name) => `/secrets/${name}`,
  forget: () => Promise.resolve(),
};

/** An event log in memory that can be looked into. */
export interface MemoryEvents extends EventLog {
  all(run: string): readonly RunEvent[];
}

/** Keeps every run's events. */
export function memoryEvents(): MemoryEvents {
  const runs = new Map<string, RunEvent[]>();
  const numbered = (run: string): NumberedEvent[] => (runs.get(run) ?? []).map((each, n) => ({ ...each, seq: n + 1 }));
  return {
    all: (run) => runs.get(run) ?? [],
    append: (run, events) => {
      const known = runs.get(run);
      if (known) known.push(...events);
      else runs.set(run, [...events]);
      return Promise.resolve();
    },
    flush: () => Promise.resolve(),
    read: (run, after, limit) => Promise.resolve(numbered(run).slice(after, after + limit)),
    async *follow(run, after) {
      yield* numbered(run).slice(after);
    },
  };
}
