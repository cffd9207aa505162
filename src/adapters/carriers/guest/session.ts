import type { Duplex } from 'node:stream';
import ssh2, { type ClientChannel, type ConnectConfig } from 'ssh2';
import { Failure } from '../../../model/failure.ts';
import { guestSocket } from '../../../model/guest-socket.ts';
import type { Host } from '../../../model/host.ts';
import type { Reach } from '../../../model/resources.ts';
import type { Runner } from '../../../ports/runner.ts';
import type { Secrets } from '../../../ports/store.ts';

/** A guest under emulation may need this long for a key exchange when its host is busy. */
const loginMs = 45_000;
/** A guest whose network is gone is noticed after three of these. */
const keepaliveMs = 10_000;

/** What a command in a guest came to; `code` is undefined when the connection broke before it ended. */
export interface GuestExit {
  readonly code: number | undefined;
}

/** A command in a guest. */
export interface GuestExec {
  readonly stdin?: Buffer;
  readonly onStdout?: (chunk: Buffer) => void;
  readonly onStderr?: (chunk: Buffer) => void;
}

/** An SSH connection to a guest. */
export interface GuestSession {
  exec(command: string, streams?: GuestExec): Promise<GuestExit>;
  close(): void;
}

/** Opens sessions to guests. */
export interface Dialer {
  /** Throws Failure `guest-auth` or `guest-host-key` where the guest refuses us or we refuse it, else `guest-stalled`. */
  dial(host: Host, reach: Reach, route: number, signal: AbortSignal): Promise<GuestSession>;
}

/** Sessions through the host: the inner SSH connection runs over a command there, inside the deployment's namespace. */
export function createDialer(runner: Runner, secrets: Secrets): Dialer {
  return {
    async dial(host, reach, route, signal) {
      const [privateKey, hostKey] = await Promise.all([
        reach.keySecret === undefined ? undefined : secrets.privateKey(reach.keySecret),
        reach.hostKeySecret === undefined ? undefined : secrets.publicKey(reach.hostKeySecret),
      ]);
      const target = `${guestSocket(reach.routes[route]!)},connect-timeout=10`;
      const socket = await runner.open(host, ['ip', 'netns', 'exec', reach.namespace, 'socat', '-', target], signal);
      return login(socket, { reach, host: host.name, privateKey, hostKey, signal });
    },
  };
}

interface Login {
  readonly reach: Reach;
  readonly host: string;
  readonly privateKey: string | undefined;
  readonly hostKey: string | undefined;
  readonly signal: AbortSignal;
}

function login(socket: Duplex, options: Login): Promise<GuestSession> {
  const { reach, signal } = options;
  const client = new ssh2.Client();
  let shown: string | undefined;
  const config: ConnectConfig = {
    sock: socket,
    username: reach.user,
    readyTimeout: loginMs,
    keepaliveInterval: keepaliveMs,
    keepaliveCountMax: 3,
    hostVerifier: (key: Buffer) => {
      shown = key.toString('base64');
      return options.hostKey === undefined || options.hostKey.split(' ')[1] === shown;
    },
    // Only the pinned kind of key is asked for, so that another key of the guest's is no reason to refuse it.
    ...(options.hostKey === undefined ? {} : { algorithms: { serverHostKey: ['ssh-ed25519'] } }),
    ...(options.privateKey === undefined ? {} : { privateKey: options.privateKey }),
  };
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      client.destroy();
      socket.destroy();
      reject(signal.reason as Error);
    };
    // It may have been aborted while the way was opened.
    if (signal.aborted) return stop();
    signal.addEventListener('abort', stop, { once: true });
    client.once('ready', () => {
      signal.removeEventListener('abort', stop);
      resolve(sessionOver(client, socket));
    });
    client.on('error', (error) => reject(failureOfLogin(error, options, shown)));
    client.once('close', () => {
      signal.removeEventListener('abort', stop);
      socket.destroy();
      reject(failureOfLogin(new Error('the connection was closed'), options, undefined));
    });
    socket.on('error', () => client.destroy());
    client.connect(config);
  });
}

function failureOfLogin(error: Error & { level?: string }, options: Login, shown: string | undefined): Failure {
  const { reach, host, hostKey } = options;
  const base = { class: 'transient', object: reach.guest, host } as const;
  const wrongKey = shown !== undefined && hostKey !== undefined && hostKey.split(' ')[1] !== shown;
  if (wrongKey || /no matching host key/i.test(error.message)) {
    const hint = 'something else answers at its address, or its host key was changed: remake the guest';
    const message = `guest ${reach.guest} shows another host key than its seed gave it`;
    return new Failure({ ...base, code: 'guest-host-key', message, hint }, { cause: error });
  }
  if (error.level === 'client-authentication') {
    const hint = `check that user ${reach.user} of the image may log in with a key from cloud-init`;
    const message = `guest ${reach.guest} refuses the deployment's key for user ${reach.user}`;
    return new Failure({ ...base, code: 'guest-auth', message, hint }, { cause: error });
  }
  const message = `guest ${reach.guest} does not answer over ssh: ${error.message}`;
  return new Failure({ ...base, code: 'guest-stalled', message }, { cause: error });
}

function sessionOver(client: ssh2.Client, socket: Duplex): GuestSession {
  let broken = false;
  client.once('close', () => (broken = true));
  return {
    close() {
      client.end();
      socket.destroy();
    },
    exec: (command, streams = {}) =>
      new Promise((resolve) => {
        const lost = (): void => resolve({ code: undefined });
        if (broken) return lost();
        // A broken connection does not close every channel by itself.
        client.once('close', lost);
        client.exec(command, (error, channel) => {
          if (error) return lost();
          converse(channel, streams, (exit) => {
            client.removeListener('close', lost);
            resolve(exit);
          });
        });
      }),
  };
}

function converse(channel: ClientChannel, streams: GuestExec, done: (exit: GuestExit) => void): void {
  let code: number | undefined;
  channel.on('exit', (status: number | null) => (code = status ?? 255));
  channel.on('data', (chunk: Buffer) => streams.onStdout?.(chunk));
  channel.stderr.on('data', (chunk: Buffer) => streams.onStderr?.(chunk));
  channel.on('error', () => undefined);
  channel.once('close', () => done({ code }));
  channel.end(streams.stdin ?? Buffer.alloc(0));
}
