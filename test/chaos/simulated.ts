import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SimulatedHost } from '../../src/adapters/sim/state.ts';
import type { Domain } from '../../src/model/resources.ts';
import { stableJson } from '../../src/model/stable-json.ts';
import { projectTexts } from '../support/project.ts';
import { testServer } from '../support/server.ts';
import type { Arena, Sight } from './arena.ts';
import { ownVictims, type Variant } from './draw.ts';
import { ownMended } from './own-processes.ts';

const hosts = 2;
const scriptEvery = 2;
const msPerItem = 25;

/** A real server over simulated hosts: only processes of the product can be hurt, many rounds pass in a minute. */
export async function simulatedArena(mostGuests = 8): Promise<Arena> {
  const server = await testServer(1, msPerItem);
  const { home, project } = server;
  const names = Array.from({ length: mostGuests }, (_, n) => `g${n}`);
  const world = (): Record<string, SimulatedHost> => {
    try {
      return server.world();
    } catch {
      return {}; // no item was ever applied
    }
  };
  return {
    deck: {
      variants: [3, 6, mostGuests].flatMap((guests) => [128, 144].map((memoryMb) => ({ guests, memoryMb }))),
      victims: ownVictims,
      hosts: ['main'],
      guests: names.map((name, n) => ({ name, hasScript: n % scriptEvery === 0 })),
      events: 40,
    },
    home,
    deployment: 'lab',
    patienceMs: 60_000,
    start: (...words) => {
      const { child, ended } = server.start(...words);
      return { ended, kill: (signal) => void child.kill(signal) };
    },
    write: async (variant) => {
      const texts = projectTexts({ ...variant, hosts, scriptEvery });
      for (const [path, text] of Object.entries(texts)) writeFileSync(join(project, path.split('/').at(-1)!), text);
    },
    hurt: async ({ strike }) => {
      throw new Error(`simulated hosts have no ${strike}`);
    },
    mended: () => ownMended(home),
    dump: async () => ({ lasting: canonical(world()), running: '' }),
    look: async () => new Map(names.map((name) => [name, sightOf(world(), name)] as const)),
    complaints: async (variant) => complaintsOf(world(), variant),
    keep: async (folder) =>
      cpSync(home, join(folder, 'home'), { recursive: true, filter: (path) => !path.endsWith('.sock') }),
    remove: () => server.remove(),
  };
}

/** Without UUIDs and counters, without jobs (they are on disks) and without readiness (knowledge, no thing). */
function canonical(world: Record<string, SimulatedHost>): string {
  const hostLines = Object.entries(world).flatMap(([host, state]) => {
    const rows = Object.values(state.rows).map((row) => `row ${stableJson(row)}`);
    const records = Object.values(state.records)
      .filter(({ ref }) => !ref.startsWith('guest.ready:'))
      .map(
        ({ boot: _boot, mark: { generation: _generation, ...label }, ...record }) =>
          `record ${stableJson({ ...record, mark: label })}`,
      );
    const domains = Object.values(state.domains).map(
      ({ domain, state: how }) => `domain ${stableJson({ domain: withoutPorts(domain), how })}`,
    );
    const taps = Object.entries(state.ports).flatMap(([domain, ports]) =>
      Object.entries(ports).map(([tap, pairs]) => `port ${tap} of ${domain} as ${pairs['iface-id']}`),
    );
    const files = Object.entries(state.files).map(([path, size]) => `file ${path} ${size}`);
    const links = Object.values(state.links).map((link) => `link ${stableJson(link)}`);
    return [...rows, ...records, ...domains, ...taps, ...files, ...links].map((line) => `${host}: ${line}`);
  });
  return hostLines.sort().join('\n');
}

/** Which port a tap is plugged as is Open vSwitch's to tell: libvirt knows nothing of it. */
function withoutPorts({ interfaces, ...domain }: Domain): object {
  return { ...domain, interfaces: interfaces.map(({ port: _port, ...card }) => card) };
}

function sightOf(world: Record<string, SimulatedHost>, guest: string): Sight {
  const hosts = Object.values(world);
  const domain = hosts.flatMap((host) => host.domains[`lab-${guest}`] ?? [])[0];
  const disks = hosts.flatMap((host) => {
    const record = host.records[`disk:lab-${guest}`];
    return record && 'path' in record.goal ? [{ record, jobs: host.jobs[record.goal.path] ?? {} }] : [];
  });
  const [disk] = disks;
  const runs = Object.values(disk?.jobs ?? {}).reduce((sum, count) => sum + count, 0);
  return {
    state: domain?.state ?? 'absent',
    boot: String(domain?.boot),
    ...(disk ? { disk: `${disks.length} disk, generation ${disk.record.mark.generation}`, runs } : {}),
  };
}

function complaintsOf(world: Record<string, SimulatedHost>, { guests, memoryMb }: Variant): string[] {
  const domains = Object.values(world).flatMap((host) => Object.values(host.domains));
  return [
    ...(domains.length === guests ? [] : [`${domains.length} domains instead of ${guests}`]),
    ...domains.filter(({ state }) => state !== 'running').map(({ domain }) => `${domain.name} does not run`),
    ...domains
      .filter(({ domain }) => domain.memoryMiB !== memoryMb)
      .map(({ domain }) => `${domain.name} has another memory`),
  ];
}
