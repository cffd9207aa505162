import type { Client, ClientChannel } from 'ssh2';

import { Failure } from '../../../model/failure.ts';
import type { Host } from '../../../model/host.ts';
import { connect } from './connect.ts';

/** sshd's default is MaxSessions 10: eight for work, two for stopping it. */
const channelsForWork = 8;
const channelsInAll = 10;
const mostConnections = 40;

interface Connection {
  readonly client: Client;
  busy: number;
  /** Learnt from a refusal: this sshd allows fewer. */
  most: number;
  idle: NodeJS.Timeout | undefined;
  /** Told when the connection breaks: ssh2 does not close every channel by itself then. */
  readonly onBroken: Set<(why: string) => void>;
}

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

/** Connections to one host: opened one after another when work waits, kept open between executions, closed when idle. */
export class SshPool {
  readonly #host: Host;
  readonly #idleMilliseconds: number;
  readonly #connections = new Set<Connection>();
  readonly #waiters: Waiter[] = [];
  #opening = false;
  #closed = new AbortController();

  constructor(host: Host, idleMilliseconds: number) {
    this.#host = host;
    this.#idleMilliseconds = idleMilliseconds;
  }

  async exec(command: string, urgent: boolean, signal?: AbortSignal): Promise<PooledChannel> {
    for (let refusals = 0; ; refusals += 1) {
      const connection = await this.#take(urgent, signal);
      try {
        const channel = await execOn(connection, command);
        const closed = closedOf(connection, channel);
        void closed.then(() => this.#release(connection));
        return { channel, closed };
      } catch (error) {
        connection.most = Math.max(1, Math.min(connection.most, connection.busy - 1));
        this.#release(connection);
        if (refusals >= 20) throw this.#refused(error);
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
  }

  #take(urgent: boolean, signal?: AbortSignal): Promise<Connection> {
    signal?.throwIfAborted();
    const free = this.#free(urgent);
    if (free) return Promise.resolve(this.#occupy(free));
    return new Promise((resolve, reject) => {
      const onAbort = (): void => {
        this.#waiters.splice(this.#waiters.indexOf(waiter), 1);
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
    if (this.#opening || this.#connections.size >= mostConnections) return;
    this.#opening = true;
    try {
      const client = await connect(this.#host, this.#closed.signal);
      this.#add(client);
    } catch (error) {
      // With another connection open the work waits for that one; without any it cannot be done.
      if (this.#connections.size === 0) for (const waiter of this.#waiters.splice(0)) waiter.reject(error);
    } finally {
      this.#opening = false;
    }
    if (this.#waiters.length > 0 && !this.#closed.signal.aborted) void this.#open();
  }

  #add(client: Client): void {
    const connection: Connection = { client, busy: 0, most: channelsInAll, idle: undefined, onBroken: new Set() };
    let why = 'connection closed';
    client.on('error', (error) => {
      why = error.message;
    });
    client.once('close', () => {
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

function execOn(connection: Connection, command: string): Promise<ClientChannel> {
  const { client, onBroken } = connection;
  return new Promise<ClientChannel>((resolve, reject) => {
    const broken = (why: string): void => reject(new Error(why));
    onBroken.add(broken);
    const settle = (action: () => void): void => {
      onBroken.delete(broken);
      action();
    };
    try {
      client.exec(command, (error, channel) => settle(() => (error ? reject(error) : resolve(channel))));
    } catch (error) {
      settle(() => reject(error));
    }
  });
}

function closedOf(connection: Connection, channel: ClientChannel): Promise<string | undefined> {
  return new Promise((resolve) => {
    const broken = (why: string): void => resolve(why);
    connection.onBroken.add(broken);
    channel.once('close', () => {
      connection.onBroken.delete(broken);
      resolve(undefined);
    });
  });
}
