import type { Resource } from '../../src/model/resources.ts';
import { createHash } from 'node:crypto';

import { Failure } from '../../src/model/failure.ts';
import type { Plan } from '../../src/model/plan.ts';
import type { EventLog, NumberedEvent, RunEvent } from '../../src/ports/events.ts';
import type { Images, ProjectFiles } from '../../src/ports/project.ts';
import type { DeploymentRecord, RunRecord, Secrets, Store } from '../../src/ports/store.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Project files from a table of texts by path; what is written goes there too. */
export function filesOf(texts: Record<string, string>): ProjectFiles {
  const blob: ProjectFiles['blob'] = (path) => {
    const text = texts[path];
    return Promise.resolve(text === undefined ? undefined : { sha256: sha256(text), size: text.length, source: path });
  };
  return {
    readText: (path) =>
      texts[path] === undefined
        ? Promise.reject(new Failure({ code: 'file-missing', class: 'permanent', message: `no ${path}` }))
        : Promise.resolve(texts[path]),
    blob,
    archive: blob,
    writeText: async (path, text) => void (texts[path] = text),
    remove: async (path) => void delete texts[path],
  };
}

/** A catalogue that knows every name. */
export const anyImage: Images = {
  resolve: (name) =>
    Promise.resolve({ name, format: 'qcow2', sha256: sha256(name), size: 1000, source: `/cache/${name}` }),
  pull: ({ name }) => Promise.reject(new Error(`${name} is there`)),
  existing: () => Promise.resolve(undefined),
  names: () => Promise.resolve([]),
};

/** Where images that are not pulled yet are said to come from. */
export const publisher = 'https://images.example';

/** A catalogue that knows every name and has pulled nothing; each pull brings what `anyImage` has. */
export const notPulledYet: Images = {
  ...anyImage,
  resolve: (name, pin) => {
    const image = { toPull: true, name, url: `${publisher}/${name}.img`, format: 'qcow2' } as const;
    const content = { sha256: sha256(name), size: 1000, source: `/cache/${name}` };
    const checksum = { algorithm: 'sha256', hex: content.sha256 } as const;
    return Promise.resolve({
      ...image,
      expected: pin ? { by: 'pin', checksum, content } : { by: 'list', list: `${publisher}/SHA256SUMS` },
    });
  },
  pull: ({ name, url, expected }) => {
    const image = { name, format: 'qcow2', sha256: sha256(name), size: 1000, source: `/cache/${name}` } as const;
    const { size } = image;
    if (expected.by !== 'list') return Promise.resolve({ image });
    return Promise.resolve({ image, pin: { url, sha256: image.sha256, size, list: expected.list } });
  },
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
  const grown = new EventTarget();
  const numbered = (run: string): NumberedEvent[] => (runs.get(run) ?? []).map((each, n) => ({ ...each, seq: n + 1 }));
  return {
    all: (run) => runs.get(run) ?? [],
    append: (run, events) => {
      const known = runs.get(run);
      if (known) known.push(...events);
      else runs.set(run, [...events]);
      grown.dispatchEvent(new Event('grown'));
      return Promise.resolve();
    },
    flush: () => Promise.resolve(),
    read: (run, after, limit) => Promise.resolve(numbered(run).slice(after, after + limit)),
    async *follow(run, after, signal) {
      for (let observed = after; ; observed += 1) {
        while (!signal.aborted && (runs.get(run)?.length ?? 0) <= observed) {
          await new Promise((resolve) => {
            grown.addEventListener('grown', resolve, { once: true });
            signal.addEventListener('abort', resolve, { once: true });
          });
        }
        if (signal.aborted) return;
        yield numbered(run)[observed]!;
      }
    },
  };
}

const missing = (what: string): Failure =>
  new Failure({ code: 'file-missing', class: 'permanent', message: `${what} is not in the store` });

/** The server's memory in memory. */
export function memoryStore(): Store {
  const plans = new Map<string, Plan>();
  const runs = new Map<string, RunRecord>();
  const deployments = new Map<string, DeploymentRecord>();
  const wanted = new Map<string, readonly Resource[]>();
  const getPlan: Store['getPlan'] = (reference) => {
    const plan = plans.get(reference);
    return plan ? Promise.resolve(structuredClone(plan)) : Promise.reject(missing(reference));
  };
  const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
  return {
    installation: '0123abcd',
    getPlan,
    putPlan(plan) {
      const reference = sha256(JSON.stringify(plan));
      plans.set(reference, structuredClone(plan));
      return Promise.resolve(reference);
    },
    async getBatch(reference, id) {
      const batch = (await getPlan(reference)).batches.find((each) => each.id === id);
      if (batch) return batch;
      throw missing(id);
    },
    putRun: (record) => Promise.resolve(void runs.set(record.run, record)),
    runs: (deployment) =>
      Promise.resolve(
        [...runs.values()]
          .filter((each) => deployment === undefined || each.deployment === deployment)
          .sort((a, b) => byText(a.startedAt, b.startedAt) || byText(a.run, b.run)),
      ),
    putDeployment: (record) => Promise.resolve(void deployments.set(record.name, record)),
    deployment: (name) => Promise.resolve(deployments.get(name)),
    deployments: () => Promise.resolve([...deployments.values()].sort((a, b) => byText(a.name, b.name))),
    removeDeployment: (name) => Promise.resolve(void (deployments.delete(name), wanted.delete(name))),
    putWanted: (deployment, resources) => Promise.resolve(void wanted.set(deployment, structuredClone(resources))),
    wanted: (deployment, guest) =>
      Promise.resolve(
        (wanted.get(deployment) ?? []).filter((each) => guest === undefined || (each.guest ?? '') === guest),
      ),
    close: () => Promise.resolve(),
  };
}
