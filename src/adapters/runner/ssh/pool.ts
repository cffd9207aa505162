import { setTimeout as sleep } from 'node:timers/promises';

import type { Client, ClientChannel } from 'ssh2';

import { type Backoff, pauseAfter } from '../../../model/backoff.ts';
import { Failure } from '../../../model/failure.ts';
import type { Host } from '../../../model/host.ts';
import { closedOf, type Connection, execOn, unlessAborted } from './channel.ts';
import { connect } from './connect.ts';

/** sshd's default is MaxSessions 10: eight for work, two for stopping it. */
const channelsForWork = 8;
const channelsInAll = 10;
const mostConnections = 40;
/** An sshd with fewer channels shows it by refusals, each of which lowers what its connection is asked for. */
const mostRefusals = 20;
/** Connections that broke before they ran anything, until the work on them is given up. */
const mostBreaks = 5;
/** Between tries to connect to one host. A host that is back is noticed after the longest. */
const usualBackoff: Backoff = { firstMs: 100, mostMs: 3000 };

/** A command's channel. */
export interface PooledChannel {
  readonly channel: ClientChannel;
  /** Settles when the channel is closed or, with the reason, when its connection broke. */
  readonly closed: Promise<string | undefined>;
}

interface Waiter {
  readonly urgent: boolean;
  resolve(connection: Connection): void;
  reject(error: unknown): void;
}

/**
 * Connections to one host: opened one after another when work waits, kept open between executions, closed when idle.
 * Where the host refuses, all that wait share one try and the pause before the next: while another connection is open
 * they wait for its channels and tries go on; without any they fail with it.
 */
export class SshPool {
  readonly #host: Host;
  readonly #idleMilliseconds: number;
  readonly #backoff: Backoff;
  readonly #connections = new Set<Connection>();
  readonly #waiters: Waiter[] = [];
  /** The try that is under way or waits for its time; aborted when nothing waits for it any more. */
  #trying: AbortController | undefined;
  #failures = 0;
  #notBefore = 0;
  #closed = new AbortController();

  constructor(host: Host, idleMilliseconds: number, backoff = usualBackoff) {
    this.#host = host;
    this.#idleMilliseconds = idleMilliseconds;
    this.#backoff = backoff;
  }

  async exec(command: string, urgent: boolean, signal?: AbortSignal): Promise<PooledChannel> {
    let [refusals, breaks] = [0, 0];
    for (;;) {
      const connection = await this.#take(urgent, signal);
      const opening = execOn(connection, command);
      try {
        const channel = await unlessAborted(opening, signal);
        this.#served(connection);
        const closed = closedOf(connection, channel);
        void closed.then(() => this.#release(connection));
        return { channel, closed };
      } catch (error) {
        if (signal?.aborted) {
          this.#abandon(connection, opening);
          throw error;
        }
        connection.most = Math.max(1, Math.min(connection.most, connection.busy - 1));
        this.#release(connection);
        if (this.#connections.has(connection)) refusals += 1;
        else breaks += 1;
        if (refusals > mostRefusals || breaks >= mostBreaks) throw this.#refused(error);
      }
    }
  }

  close(): void {
    this.#closed.abort(new Error('the runner was closed'));
    for (const { client, idle } of this.#connections) {
      clearTimeout(idle);
      client.end();
    }
    this.#connections.clear();
    for (const waiter of this.#waiters.splice(0)) waiter.reject(this.#closed.signal.reason);
  }

  #take(urgent: boolean, signal?: AbortSignal): Promise<Connection> {
    signal?.throwIfAborted();
    const free = this.#free(urgent);
    if (free) return Promise.resolve(this.#occupy(free));
    return new Promise((resolve, reject) => {
      const onAbort = (): void => {
        this.#waiters.splice(this.#waiters.indexOf(waiter), 1);
        if (this.#waiters.length === 0) this.#trying?.abort();
        reject(signal?.reason as Error);
      };
      const settled = (): void => signal?.removeEventListener('abort', onAbort);
      const waiter: Waiter = {
        urgent,
        resolve: (connection) => {
          settled();
          resolve(connection);
        },
        reject: (error) => {
          settled();
          reject(error);
        },
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      if (urgent) this.#waiters.unshift(waiter);
      else this.#waiters.push(waiter);
      void this.#open();
    });
  }

  #free(urgent: boolean): Connection | undefined {
    const most = (each: Connection): number => Math.min(each.most, urgent ? channelsInAll : channelsForWork);
    return [...this.#connections].find((each) => each.busy < most(each));
  }

  #occupy(connection: Connection): Connection {
    clearTimeout(connection.idle);
    connection.idle = undefined;
    connection.busy += 1;
    return connection;
  }

  #release(connection: Connection): void {
    connection.busy -= 1;
    this.#serve();
    if (connection.busy === 0 && this.#connections.has(connection)) {
      connection.idle = setTimeout(() => this.#drop(connection), this.#idleMilliseconds).unref();
    }
  }

  #drop(connection: Connection): void {
    clearTimeout(connection.idle);
    this.#connections.delete(connection);
    connection.client.end();
    if (this.#waiters.length > 0) void this.#open();
  }

  #serve(): void {
    for (let waiter = this.#waiters[0]; waiter; waiter = this.#waiters[0]) {
      const free = this.#free(waiter.urgent);
      if (!free) break;
      this.#waiters.shift();
      waiter.resolve(this.#occupy(free));
    }
  }

  async #open(): Promise<void> {
    if (this.#trying || this.#connections.size >= mostConnections) return;
    const trying = new AbortController();
    this.#trying = trying;
    try {
      await this.#tryToOpen(AbortSignal.any([this.#closed.signal, trying.signal]));
    } catch (error) {
      if (!trying.signal.aborted) this.#failed();
      // With another connection open the work waits for that one; without any it cannot be done.
      if (!trying.signal.aborted && this.#connections.size === 0)
        for (const waiter of this.#waiters.splice(0)) waiter.reject(error);
    } finally {
      this.#trying = undefined;
    }
    if (this.#waiters.length > 0 && !this.#closed.signal.aborted) void this.#open();
  }

  async #tryToOpen(signal: AbortSignal): Promise<void> {
    const pauseMs = this.#notBefore - performance.now();
    if (pauseMs > 0) await sleep(pauseMs, undefined, { signal });
    if (this.#waiters.length === 0) return;
    const client = await connect(this.#host, signal);
    if (this.#closed.signal.aborted) client.end();
    else this.#add(client);
  }

  #failed(): void {
    this.#failures += 1;
    this.#notBefore = performance.now() + pauseAfter(this.#backoff, this.#failures, Math.random());
  }

  #served(connection: Connection): void {
    if (connection.served) return;
    connection.served = true;
    this.#failures = 0;
  }

  /** A channel that comes after its work was cancelled is closed; only then its place is free. */
  #abandon(connection: Connection, opening: Promise<ClientChannel>): void {
    void opening
      .then((channel) => {
        const closed = closedOf(connection, channel);
        channel.resume();
        channel.stderr.resume();
        channel.close();
        return closed;
      })
      .catch(() => undefined)
      .then(() => this.#release(connection));
  }

  #add(client: Client): void {
    const connection: Connection = {
      client,
      busy: 0,
      most: channelsInAll,
      served: false,
      idle: undefined,
      onBroken: new Set(),
    };
    let why = 'connection closed';
    client.on('error', (error) => {
      why = error.message;
    });
    client.once('close', () => {
      if (!connection.served && this.#connections.has(connection)) this.#failed();
      this.#drop(connection);
      for (const tell of connection.onBroken) tell(why);
    });
    this.#connections.add(connection);
    this.#occupy(connection);
    this.#release(connection);
  }

  #refused(error: unknown): Failure {
    const { name } = this.#host;
    const message = `${name} refuses to run a command: ${(error as Error).message}`;
    return new Failure({ code: 'host-unreachable', class: 'host', message, host: name }, { cause: error });
  }
}
