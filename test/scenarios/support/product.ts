import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { inject } from 'vitest';

import type { Finished } from '../../support/command.ts';

const program = resolve('kvm-compose');

/** A command that hangs is killed after so long: the test that runs it fails with what it said. */
const patienceMs = 240_000;

/** The built command line with a server of its own: its home, port and catalogue are nobody else's. */
export interface Product {
  /** For what a test writes; removed at the end. */
  readonly folder: string;
  readonly home: string;
  readonly port: number;
  readonly env: Readonly<Record<string, string>>;
  /** Runs a command in a project to its end, whatever its exit code. */
  run(project: string, ...words: readonly string[]): Promise<Finished>;
  /** Starts a command in a project and leaves it running. */
  start(project: string, ...words: readonly string[]): RunningCommand;
  /** The command's JSON; it has to succeed. */
  json<Value>(project: string, ...words: readonly string[]): Promise<Value>;
  /** What the server says about its processes. */
  server(): Promise<ServerProcesses>;
  /** The same product in another environment. */
  with(changed: Readonly<Record<string, string>>): Product;
  /** The same home and settings under another build of the programs. */
  builtAs(program: string): Product;
  /** Stops the server and removes everything of it. */
  remove(): Promise<void>;
}

/** The part of `server status` that tests look at. */
interface ServerProcesses {
  readonly pid: number;
  readonly parts: Readonly<
    Record<'temporal' | 'worker' | 'gateway', { readonly pid: number; readonly restarts: number }>
  >;
}

/** A command that runs. */
export interface RunningCommand {
  readonly pid: number;
  /** Waits until it has said so, on standard output or error; fails when it ends before. */
  saying(pattern: RegExp): Promise<void>;
  kill(signal: NodeJS.Signals): void;
  readonly ended: Promise<Finished>;
}

/** Three ports in a row that nobody listens on: gateway, Temporal's UI, Temporal. */
async function freePorts(): Promise<number> {
  for (let port = 20_000 + (process.pid % 1000) * 10; ; port += 3) {
    const free = await Promise.all([port, port + 1, port + 2].map(isFree));
    if (free.every(Boolean)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((settle) => {
    const probe = createServer()
      .once('error', () => settle(false))
      .listen(port, '127.0.0.1', () => probe.close(() => settle(true)));
  });
}

/** What a product needs of the playground. */
export interface ProductSetting {
  readonly hostsFile: string;
  readonly tinyImage: string;
  readonly temporalProgram: string;
}

/** The setting of this test run. */
export function injectedSetting(): ProductSetting {
  return {
    hostsFile: inject('hostsFile'),
    tinyImage: inject('tinyImage'),
    temporalProgram: inject('temporalProgram'),
  };
}

/** Makes a product; its server starts with the first command that needs it. */
export async function createProduct(setting = injectedSetting()): Promise<Product> {
  const folder = await mkdtemp(join(tmpdir(), 'kc-scenario-'));
  const images = join(folder, 'images.yaml');
  await writeFile(images, `images: { tiny: { file: ${setting.tinyImage}, format: qcow2 } }\n`);
  const port = await freePorts();
  const home = join(folder, 'home');
  return productIn(
    { folder, home, port },
    {
      KVM_COMPOSE_HOME: home,
      KVM_COMPOSE_PORT: String(port),
      KVM_COMPOSE_IMAGES: images,
      KVM_COMPOSE_HOSTS: setting.hostsFile,
      KVM_COMPOSE_TEMPORAL_BIN: setting.temporalProgram,
    },
  );
}

function productIn(
  place: Pick<Product, 'folder' | 'home' | 'port'>,
  env: Readonly<Record<string, string>>,
  built = program,
): Product {
  const { folder } = place;
  const start: Product['start'] = (project, ...words) => startCommand([built, ...words], project, env);
  const run: Product['run'] = (project, ...words) => start(project, ...words).ended;
  const json = async <Value>(project: string, ...words: readonly string[]): Promise<Value> => {
    const { code, stdout, stderr } = await run(project, ...words, '--format', 'json');
    if (code !== 0) throw new Error(`${words.join(' ')} ended with ${code}: ${stderr}`);
    return JSON.parse(stdout) as Value;
  };
  return {
    ...place,
    env,
    run,
    start,
    json,
    server: () => json<ServerProcesses>(folder, 'server', 'status'),
    with: (changed) => productIn(place, { ...env, ...changed }, built),
    builtAs: (other) => productIn(place, env, other),
    remove: async () => {
      await run(folder, 'server', 'stop');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The playground's hosts file with these hosts only. */
export async function hostsFileOf(names: readonly string[]): Promise<string> {
  const lines = (await readFile(inject('hostsFile'), 'utf8')).split('\n');
  return lines
    .filter((line) => !line.startsWith('  ') || names.some((name) => line.startsWith(`  ${name}:`)))
    .join('\n');
}

/** A product that works on these hosts of the playground only. */
export async function createProductOn(names: readonly string[]): Promise<Product> {
  const product = await createProduct();
  const hostsFile = join(product.folder, 'hosts.yaml');
  await writeFile(hostsFile, await hostsFileOf(names));
  return product.with({ KVM_COMPOSE_HOSTS: hostsFile });
}

/** Starts a program whose words can be waited for. */
function startCommand(
  [command, ...args]: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>>,
): RunningCommand {
  const child = spawn(command!, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: patienceMs,
    killSignal: 'SIGKILL',
  });
  let stdout = '';
  let stderr = '';
  let said = '';
  let isOver = false;
  const listeners = new Set<() => void>();
  const tell = (text = ''): void => {
    said += text;
    for (const listener of listeners) listener();
  };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    tell(text);
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    tell(text);
  });
  const ended = new Promise<Finished>((settle, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      isOver = true;
      tell();
      settle({ code, stdout, stderr });
    });
  });
  return {
    pid: child.pid!,
    saying: (pattern) =>
      new Promise((settle, reject) => {
        const look = (): void => {
          const found = pattern.test(said);
          if (!found && !isOver) return;
          listeners.delete(look);
          if (found) settle();
          else reject(new Error(`it ended without saying ${pattern}: ${said}`));
        };
        listeners.add(look);
        look();
      }),
    kill: (signal) => void child.kill(signal),
    ended,
  };
}
