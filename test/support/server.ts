import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { SimulatedHost } from '../../src/adapters/sim/state.ts';
import { isAlive } from '../../src/server/process-identity.ts';
import { type PartName, readStatus, type ServerStatus } from '../../src/server/server-file.ts';
import { projectTexts } from './project.ts';

const root = resolve(import.meta.dirname, '../..');

/** What a command line printed and how it ended. */
export interface Said {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command line that runs, and its end. */
export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Said>;
  /** Resolves when it has printed this, so often. */
  printed(text: string, times?: number): Promise<void>;
}

/** A real server of its own (supervisor, Temporal, worker, gateway) over a simulated world, and its command line. */
export interface TestServer {
  readonly home: string;
  readonly project: string;
  readonly port: number;
  run(...words: string[]): Promise<Said>;
  start(...words: string[]): Running;
  /** The same at a terminal of its own, with somebody at the keyboard; all it says comes on `stdout`. */
  startAtTerminal(...words: string[]): Running & { press(keys: string): void };
  status(): ServerStatus;
  /** Identities of everything that runs. */
  processes(): string[];
  kill(part: PartName | 'supervisor'): void;
  /** What the simulated hosts hold. */
  world(): Record<string, SimulatedHost>;
  remove(): Promise<void>;
}

/** Builds the programs as they are now. */
export async function buildPrograms(): Promise<void> {
  const child = spawn(process.execPath, [join(root, 'scripts/build.mjs'), '--quiet'], { stdio: 'inherit' });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`the build ended with exit code ${code}`);
}

/** A port nobody listens on at this moment. */
async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}

/** A server that is not started yet, for a project of so many guests on two hosts. */
export async function testServer(guests: number, millisecondsPerItem: number): Promise<TestServer> {
  const folder = mkdtempSync(join(tmpdir(), 'kc-supervisor-'));
  const project = join(folder, 'lab');
  await writeProject(folder, project, guests);
  return serverIn(folder, project, millisecondsPerItem);
}

/** A server that is not started yet, in a folder that holds `home` and `images.yaml`, for a project there. */
export async function serverIn(folder: string, project: string, millisecondsPerItem: number): Promise<TestServer> {
  const home = join(folder, 'home');
  const port = await freePort();
  const env = {
    ...process.env,
    KVM_COMPOSE_HOME: home,
    KVM_COMPOSE_PORT: String(port),
    KVM_COMPOSE_SIMULATE: String(millisecondsPerItem),
    KVM_COMPOSE_IMAGES: join(folder, 'images.yaml'),
    KVM_COMPOSE_HOSTS: join(project, 'hosts.yaml'),
  };
  const program = join(root, 'dist/bin/cli.js');
  const start = (...words: string[]): Running => {
    const child = spawn(process.execPath, [program, ...words], { cwd: project, env });
    return watched(child);
  };
  const startAtTerminal: TestServer['startAtTerminal'] = (...words) => {
    const line = [process.execPath, program, ...words].map((word) => `'${word}'`).join(' ');
    const child = spawn('script', ['--quiet', '--return', '--command', line, '/dev/null'], { cwd: project, env });
    return { ...watched(child), press: (keys) => void child.stdin.write(keys) };
  };
  const status = (): ServerStatus => {
    const found = readStatus(home);
    if (!found) throw new Error('there is no server.json');
    return found.status;
  };
  const processes = (): string[] => {
    const { identity, parts } = status();
    return [identity, ...Object.values(parts).map((part) => part.identity)].filter((each) => isAlive(each));
  };
  return {
    home,
    project,
    port,
    start,
    startAtTerminal,
    run: (...words) => start(...words).ended,
    status,
    processes,
    kill: (part) => {
      const { pid, parts } = status();
      process.kill(part === 'supervisor' ? pid : parts[part]!.pid, 'SIGKILL');
    },
    world: () => JSON.parse(readFileSync(join(home, 'simulated-world.json'), 'utf8')) as Record<string, SimulatedHost>,
    remove: async () => {
      await start('server', 'stop').ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function watched(child: ChildProcess): Running {
  const said = { stdout: '', stderr: '' };
  const listeners = new Set<() => void>();
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]!.setEncoding('utf8').on('data', (text: string) => {
      said[name] += text;
      listeners.forEach((look) => look());
    });
  }
  const ended = once(child, 'close').then(([code]) => ({ ...said, code: code as number | null }));
  const printed = (text: string, times = 1): Promise<void> =>
    new Promise((done, reject) => {
      const look = (): void => {
        if (`${said.stdout}${said.stderr}`.split(text).length > times) done();
      };
      listeners.add(look);
      look();
      void ended.then((end) => reject(new Error(`ended without printing ${text}:\n${end.stderr || end.stdout}`)));
    });
  return { child, ended, printed };
}

async function writeProject(folder: string, project: string, guests: number): Promise<void> {
  const { mkdir } = await import('node:fs/promises');
  await mkdir(project, { recursive: true });
  const texts = projectTexts({ guests, hosts: 2, scriptEvery: 2 });
  for (const [path, text] of Object.entries(texts)) writeFileSync(join(project, path.split('/').at(-1)!), text);
  writeFileSync(join(folder, 'tiny.qcow2'), qcow2Header());
  writeFileSync(
    join(folder, 'images.yaml'),
    `images:\n  tiny: { file: ${join(folder, 'tiny.qcow2')}, format: qcow2 }\n`,
  );
}

/** The first bytes of an empty qcow2 image of version 3: nobody opens it, but it is looked at. */
function qcow2Header(): Buffer {
  const header = Buffer.alloc(512);
  header.write('QFI\xfb', 0, 'latin1');
  header.writeUInt32BE(3, 4);
  return header;
}
