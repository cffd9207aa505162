import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure, type FailureData } from '../model/failure.ts';
import { keepRunning, type Part } from './child.ts';
import type { Home } from './home.ts';
import { takeLock } from './lock.ts';
import { isAlive, ownIdentity } from './process-identity.ts';
import { type PartName, readStatus, type ServerStatus, writeStatus } from './server-file.ts';
import type { ServerSettings } from './settings.ts';
import { freePort, isTaken } from './tcp-ports.ts';
import { resolveTemporal, type TemporalBinary } from './temporal-binary.ts';
import { temporalDatabase } from './temporal-database.ts';
import { temporalCommand } from './temporal-command.ts';
import { workerFlags } from './worker-flags.ts';

/** What a supervisor is made of. */
export interface SupervisorOptions {
  readonly settings: ServerSettings;
  readonly home: Home;
  readonly version: string;
  /** The programs it starts. */
  readonly programs: Readonly<Record<'worker' | 'gateway', string>>;
  /** Folder of the checkout, for building Temporal. */
  readonly checkout: string;
  readonly env: NodeJS.ProcessEnv;
  readonly say: (text: string) => void;
}

/** A server that is up. */
export interface RunningServer {
  readonly status: ServerStatus;
  stop(): Promise<void>;
}

/** Whoever comes second finds this instead of a server. */
export interface AlreadyRunning {
  readonly holder: string;
}

/** Starts Temporal, worker and gateway and keeps them running. Throws Failure `port-taken`, `no-temporal`, `no-server`. */
export async function supervise(options: SupervisorOptions): Promise<RunningServer | AlreadyRunning> {
  const { settings, say } = options;
  const lock = takeLock(settings.home);
  if ('holder' in lock) return lock;
  let server: Supervisor | undefined;
  try {
    await endLeftovers(settings.home, say);
    const { port } = settings;
    await untilFree(port);
    const temporal = await resolveTemporal(settings, options.checkout, options.env['PATH'] ?? '', say);
    const [uiPort, temporalPort] = [await freePort(port + 1), await freePort(port + 2)];
    server = new Supervisor(options, temporal, { temporalPort, uiPort });
    await server.ready();
    const running = server;
    return {
      get status() {
        return running.status();
      },
      stop: async () => {
        await running.stop();
        lock.release();
      },
    };
  } catch (error) {
    await server?.stop();
    lock.release();
    throw error instanceof Error ? error : new Failure(error as FailureData);
  }
}

class Supervisor {
  private readonly parts: readonly Part[];
  private state: ServerStatus['state'] = 'starting';
  private readonly startedAt = new Date().toISOString();
  private readonly options: SupervisorOptions;
  private readonly temporal: ServerStatus['temporal'];

  constructor(options: SupervisorOptions, binary: TemporalBinary, ports: { temporalPort: number; uiPort: number }) {
    const { settings, say, programs } = options;
    const { temporalPort: port, uiPort } = ports;
    this.options = options;
    this.temporal = {
      address: `127.0.0.1:${port}`,
      ui: `http://127.0.0.1:${uiPort}`,
      version: binary.server,
      bin: binary.path,
    };
    const env = {
      ...options.env,
      KVM_COMPOSE_HOME: settings.home,
      KVM_COMPOSE_PORT: String(settings.port),
      KVM_COMPOSE_TEMPORAL_ADDRESS: this.temporal.address,
      KVM_COMPOSE_TEMPORAL_UI: this.temporal.ui,
    };
    const common = { env, say, onChange: () => this.write() };
    const part = (name: PartName, argv: readonly string[]): Part =>
      keepRunning({
        ...common,
        name,
        argv,
        ours: name !== 'temporal',
        log: join(settings.home, 'logs', `${name}.log`),
      });
    const place = { bin: binary.path, database: temporalDatabase(settings.home, say), port, uiPort };
    // All at once: the programs load while Temporal opens its file, and wait for it.
    this.parts = [
      part('temporal', temporalCommand(place)),
      part('worker', [process.execPath, ...workerFlags, programs.worker]),
      part('gateway', [process.execPath, programs.gateway]),
    ];
    this.write();
  }

  async ready(): Promise<void> {
    const ours = this.parts.filter(({ name }) => name !== 'temporal');
    const temporalFails = this.parts[0]!.ready;
    await Promise.race([
      Promise.all(ours.map((part) => part.ready)),
      temporalFails.then(() => new Promise(() => undefined)),
    ]);
    this.state = 'ready';
    this.write();
  }

  /** Clients first, then the worker, which gives its queue back; Temporal last. */
  async stop(): Promise<void> {
    this.state = 'stopping';
    this.write();
    for (const part of [...this.parts].reverse()) await part.stop();
  }

  status(): ServerStatus {
    const { settings, version } = this.options;
    const parts = Object.fromEntries((this.parts ?? []).map(({ name, status }) => [name, status]));
    return {
      state: this.state,
      identity: ownIdentity(),
      pid: process.pid,
      version,
      startedAt: this.startedAt,
      port: settings.port,
      temporal: this.temporal,
      parts,
    };
  }

  private write(): void {
    writeStatus(this.options.settings.home, this.status());
  }
}

/** A gateway whose supervisor was killed a moment ago may just be ending. */
async function untilFree(port: number): Promise<void> {
  for (let waitedMs = 0; await isTaken(port); waitedMs += portPauseMs) {
    if (waitedMs >= portPatienceMs) throw portTaken(port);
    await sleep(portPauseMs);
  }
}

const portPatienceMs = 1000;
const portPauseMs = 50;

function portTaken(port: number): Failure {
  const message = `port ${port} is taken by something else`;
  const hint = `find it with \`ss -ltnp sport = :${port}\`, or choose another port with KVM_COMPOSE_PORT`;
  return new Failure({ code: 'port-taken', class: 'permanent', message, object: String(port), hint });
}

const leftoverPatienceMs = 3000;

/** A supervisor that was killed may leave parts that are just ending; two servers must never share a database. */
async function endLeftovers(home: string, say: (text: string) => void): Promise<void> {
  const old = readStatus(home);
  if (!old || old.running) return;
  const left = Object.values(old.status.parts).filter(({ identity }) => isAlive(identity));
  for (
    let waitedMs = 0;
    left.some(({ identity }) => isAlive(identity)) && waitedMs < leftoverPatienceMs;
    waitedMs += 25
  ) {
    await sleep(25);
  }
  for (const { identity, pid } of left.filter((each) => isAlive(each.identity))) {
    say(`ending process ${pid} of the server that was here before`);
    process.kill(pid, 'SIGKILL');
    while (isAlive(identity)) await sleep(10);
  }
}
