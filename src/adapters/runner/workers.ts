import type { Transport } from './transport.ts';
import { Worker } from './worker.ts';

/** Idle programs kept per host. */
const mostIdle = 24;

/** The runner programs on one host: kept running between executions, so that one costs one round trip. */
export class Workers {
  readonly host: string;
  readonly #transport: Transport;
  readonly #idleMilliseconds: number;
  readonly #idle: { readonly worker: Worker; readonly timer: NodeJS.Timeout }[] = [];
  #placed = false;

  constructor(host: string, transport: Transport, idleMilliseconds: number) {
    this.host = host;
    this.#transport = transport;
    this.#idleMilliseconds = idleMilliseconds;
  }

  /** A program that serves nobody else. Throws Failure. */
  async take(options: { readonly urgent?: boolean; readonly signal?: AbortSignal }): Promise<Worker> {
    for (let idle = this.#idle.pop(); idle; idle = this.#idle.pop()) {
      clearTimeout(idle.timer);
      if (idle.worker.usable) return idle.worker;
    }
    const worker = await Worker.start(this.host, this.#transport, this.#placed, options);
    this.#placed = true;
    return worker;
  }

  give(worker: Worker): void {
    if (!worker.usable) return;
    if (this.#idle.length >= mostIdle) {
      worker.end();
      return;
    }
    const timer = setTimeout(() => {
      this.#idle.splice(
        this.#idle.findIndex((each) => each.worker === worker),
        1,
      );
      worker.end();
    }, this.#idleMilliseconds).unref();
    this.#idle.push({ worker, timer });
  }

  close(): void {
    for (const { worker, timer } of this.#idle.splice(0)) {
      clearTimeout(timer);
      worker.end();
    }
    this.#transport.close();
  }
}
