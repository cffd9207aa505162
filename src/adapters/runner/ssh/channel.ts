import type { Client, ClientChannel } from 'ssh2';

/** A connection of the pool. */
export interface Connection {
  readonly client: Client;
  busy: number;
  /** Learnt from a refusal: this sshd allows fewer. */
  most: number;
  /** It has run something, so the host takes connections and not only the first bytes of them. */
  served: boolean;
  idle: NodeJS.Timeout | undefined;
  /** Told when the connection breaks: ssh2 does not close every channel by itself then. */
  readonly onBroken: Set<(why: string) => void>;
}

/** Opens a channel that runs a command; rejects also when the connection breaks before there is one. */
export function execOn(connection: Connection, command: string): Promise<ClientChannel> {
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

/** The work's result, or at once the reason of an abort; what becomes of the work then is the caller's to see to. */
export function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason as Error);
    if (signal.aborted) return onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    const settled = (): void => signal.removeEventListener('abort', onAbort);
    work.finally(settled).then(resolve, reject);
  });
}

/** Settles when the channel is closed or, with the reason, when its connection broke. */
export function closedOf(connection: Connection, channel: ClientChannel): Promise<string | undefined> {
  return new Promise((resolve) => {
    const broken = (why: string): void => resolve(why);
    connection.onBroken.add(broken);
    channel.once('close', () => {
      connection.onBroken.delete(broken);
      resolve(undefined);
    });
  });
}
