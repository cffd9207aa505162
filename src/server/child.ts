import { type ChildProcess, spawn } from 'node:child_process';
import { openSync, renameSync, statSync, closeSync } from 'node:fs';
import { pauseAfter } from '../model/backoff.ts';
import type { FailureData } from '../model/failure.ts';
import { identityOf } from './process-identity.ts';
import type { PartName, PartStatus } from './server-file.ts';

/** What a program of the server tells its supervisor over the channel between them. */
export type ChildMessage = { readonly ready: true } | { readonly failure: FailureData };

/** How a part is started. */
export interface PartOptions {
  readonly name: PartName;
  readonly argv: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly log: string;
  /** It is a program of ours: it has a channel, says when it is ready, and ends when the channel closes. */
  readonly ours: boolean;
  readonly say: (text: string) => void;
  readonly onChange: () => void;
}

/** A part that is started again whenever it ends, with growing pauses. */
export interface Part {
  readonly name: PartName;
  readonly status: PartStatus | undefined;
  /** Settles when it has said that it is ready, or why it cannot be. */
  readonly ready: Promise<void>;
  stop(): Promise<void>;
}

const backoff = { firstMs: 50, mostMs: 10_000 };
/** Whoever ran this long has started well: the next end is a new story. */
const steadyMs = 30_000;
const stopPatienceMs = 5000;
const triesBeforeReady = 3;
const rotateAtBytes = 10 * 1024 * 1024;

/** Starts a part and keeps it running. */
export function keepRunning(options: PartOptions): Part {
  return new RestartedPart(options);
}

class RestartedPart implements Part {
  readonly name: PartName;
  readonly ready: Promise<void>;
  private readonly options: PartOptions;
  private child: ChildProcess | undefined;
  private identity: string | undefined;
  private restarts = 0;
  private ends = 0;
  private stopping = false;
  private isReady = false;
  private timer: NodeJS.Timeout | undefined;
  private settle: { resolve(): void; reject(failure: FailureData): void } | undefined;

  constructor(options: PartOptions) {
    this.options = options;
    this.name = options.name;
    this.ready = new Promise((resolve, reject) => {
      // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- the failure crossed a process border as data
      this.settle = { resolve, reject };
    });
    this.ready.catch(() => undefined);
    this.start();
  }

  get status(): PartStatus | undefined {
    if (this.identity === undefined || this.child?.pid === undefined) return undefined;
    return { identity: this.identity, pid: this.child.pid, restarts: this.restarts };
  }

  async stop(): Promise<void> {
    this.stopping = true;
    clearTimeout(this.timer);
    const { child } = this;
    if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    const patience = setTimeout(() => child.kill('SIGKILL'), stopPatienceMs);
    await ended;
    clearTimeout(patience);
  }

  private start(): void {
    const { argv, env, ours, onChange } = this.options;
    const log = openLog(this.options.log);
    const startedAt = Date.now();
    const [command, ...args] = argv;
    const child = spawn(command!, args, {
      env,
      cwd: '/',
      stdio: ['ignore', log, log, ...(ours ? (['ipc'] as const) : [])],
    });
    closeSync(log);
    this.child = child;
    this.identity = child.pid === undefined ? undefined : identityOf(child.pid);
    child.on('message', (message) => this.hear(message as ChildMessage));
    child.once('error', (error) => this.ended(error.message, startedAt));
    child.once('exit', (code, signal) => this.ended(signal ?? `exit code ${code}`, startedAt));
    onChange();
  }

  private hear(message: ChildMessage): void {
    if ('failure' in message) this.settle?.reject(message.failure);
    else {
      this.isReady = true;
      this.settle?.resolve();
    }
  }

  private ended(why: string, startedAt: number): void {
    if (this.stopping) return;
    this.identity = undefined;
    const ranMs = Date.now() - startedAt;
    this.ends = ranMs > steadyMs ? 1 : this.ends + 1;
    if (!this.isReady && this.ends >= triesBeforeReady) this.settle?.reject(cannotStart(this.options, why));
    // Without jitter and without an end: it is one process of this machine, and a server that gave up would be no server.
    const pauseMs = pauseAfter(backoff, this.ends, 1);
    this.options.say(`${this.name} ended (${why}) after ${ranMs} ms; starting it again in ${pauseMs} ms`);
    this.timer = setTimeout(() => {
      this.restarts += 1;
      this.start();
    }, pauseMs);
    this.options.onChange();
  }
}

function cannotStart({ name, log }: PartOptions, why: string): FailureData {
  return {
    code: 'no-server',
    class: 'permanent',
    message: `${name} does not start: ${why}`,
    object: name,
    hint: `see ${log}`,
  };
}

/** Opens a log to append to; a large one is put aside first, and the one before it goes. */
export function openLog(path: string): number {
  try {
    if (statSync(path).size > rotateAtBytes) renameSync(path, `${path}.1`);
  } catch {
    // There is none yet.
  }
  return openSync(path, 'a', 0o600);
}
