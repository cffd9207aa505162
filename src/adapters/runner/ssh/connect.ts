import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { type AnyAuthMethod, Client, type ConnectConfig, type ServerHostKeyAlgorithm } from 'ssh2';

import { pauseAfter } from '../../../model/backoff.ts';
import { Failure } from '../../../model/failure.ts';
import type { Host } from '../../../model/host.ts';
import { algorithmsFor, judgeKey, type KnownKey, knownKeys } from './known-hosts.ts';

/** sshd drops new connections at random while many are not authenticated yet (MaxStartups): worth trying again. */
const handshakeAttempts = 8;
const backoff = { firstMs: 100, mostMs: 1600 };

/** What ssh2 adds to its errors. */
type SshError = Error & { level?: string; code?: string };

/** Opens one authenticated connection; the host's key is always checked. Throws Failure. */
export async function connect(host: Host, signal?: AbortSignal): Promise<Client> {
  const known = await readKnown(host);
  const auth = await authMethods(host);
  for (let attempt = 1; ; attempt += 1) {
    signal?.throwIfAborted();
    try {
      return await handshake(host, known, auth, signal);
    } catch (error) {
      if (error instanceof Failure || signal?.aborted) throw error;
      if (attempt >= handshakeAttempts || !mayPass(error as SshError)) throw failureOf(host, error as SshError);
      await delay(pauseAfter(backoff, attempt, Math.random()), undefined, signal ? { signal } : {});
    }
  }
}

async function handshake(
  host: Host,
  known: readonly KnownKey[],
  auth: AnyAuthMethod[],
  signal?: AbortSignal,
): Promise<Client> {
  const client = new Client();
  let refused: Failure | undefined;
  const algorithms = algorithmsFor(known) as ServerHostKeyAlgorithm[];
  const config: ConnectConfig = {
    host: host.address,
    port: host.port,
    username: host.user,
    authHandler: auth,
    readyTimeout: 15_000,
    keepaliveInterval: 5_000,
    keepaliveCountMax: 3,
    ...(algorithms.length > 0 ? { algorithms: { serverHostKey: algorithms } } : {}),
    hostVerifier: (key: Buffer) => {
      refused = keyFailure(host, judgeKey(known, key));
      return refused === undefined;
    },
  };
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      client.destroy();
      reject(signal?.reason as Error);
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    const settle = (action: () => void): void => {
      signal?.removeEventListener('abort', onAbort);
      action();
    };
    client.once('ready', () =>
      settle(() => {
        client.setNoDelay(true);
        resolve(client);
      }),
    );
    client.once('error', (error) => settle(() => reject(refused ?? error)));
    client.once('close', () => settle(() => reject(refused ?? new Error('connection closed during the handshake'))));
    // Errors after the connection was given up have nobody left to tell.
    client.on('error', () => {});
    client.connect(config);
  });
}

function mayPass(error: SshError): boolean {
  if (error.level === 'client-authentication') return false;
  if (error.code === 'ECONNRESET' || error.code === 'EPIPE') return true;
  return /before handshake|closed during the handshake|connection lost/i.test(error.message);
}

function keyFailure(host: Host, verdict: ReturnType<typeof judgeKey>): Failure | undefined {
  if (verdict === 'known') return undefined;
  const where = host.port === 22 ? host.address : `-p ${host.port} ${host.address}`;
  const file = host.knownHostsFile ?? '~/.ssh/known_hosts';
  const texts = {
    unknown: [`the host key of ${host.name} is not in ${file}`, `check it and add it: ssh-keyscan ${where} >> ${file}`],
    changed: [
      `${host.name} shows another host key than ${file} holds`,
      'make sure it is the right machine before removing the old key',
    ],
    revoked: [`the host key of ${host.name} is revoked in ${file}`, 'give the host a new key'],
  } as const;
  const [message, hint] = texts[verdict];
  return new Failure({ code: 'host-key', class: 'permanent', message, object: host.address, host: host.name, hint });
}

function failureOf(host: Host, error: SshError): Failure {
  if (error.level === 'client-authentication') {
    const hint =
      host.identityFile === undefined
        ? 'set identity_file in the hosts file, or load a key into the agent'
        : `add the public half of ${host.identityFile} to its authorized_keys`;
    const message = `${host.name} refuses the key for ${host.user}`;
    return new Failure(
      { code: 'host-auth', class: 'permanent', message, object: host.address, host: host.name, hint },
      { cause: error },
    );
  }
  const message = `${host.name} (${host.address} port ${host.port}) does not answer: ${error.message}`;
  const hint = `try it by hand: ssh -p ${host.port} ${host.user}@${host.address}`;
  return new Failure(
    { code: 'host-unreachable', class: 'host', message, object: host.address, host: host.name, hint },
    { cause: error },
  );
}

async function readKnown(host: Host): Promise<KnownKey[]> {
  const text = await readFile(host.knownHostsFile ?? join(homedir(), '.ssh/known_hosts'), 'utf8').catch(() => '');
  return knownKeys(text, host.address, host.port);
}

/** The named key and nothing else; without one the agent, then the user's default keys. */
async function authMethods(host: Host): Promise<AnyAuthMethod[]> {
  const username = host.user;
  if (host.identityFile !== undefined)
    return [{ type: 'publickey', username, key: await readIdentity(host, host.identityFile) }];
  const agent = process.env['SSH_AUTH_SOCK'];
  const methods: AnyAuthMethod[] = agent === undefined ? [] : [{ type: 'agent', username, agent }];
  for (const name of ['id_ed25519', 'id_ecdsa', 'id_rsa']) {
    const key = await readFile(join(homedir(), '.ssh', name)).catch(() => undefined);
    if (key && !isEncrypted(key)) methods.push({ type: 'publickey', username, key });
  }
  return methods;
}

function isEncrypted(key: Buffer): boolean {
  const body = Buffer.from(key.toString('latin1').replace(/-----[^-]+-----|\s/g, ''), 'base64').subarray(0, 64);
  return key.includes('ENCRYPTED') || (body.includes('openssh-key-v1') && !body.includes('none'));
}

async function readIdentity(host: Host, path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    const message = `the key file of ${host.name} cannot be read: ${(error as Error).message}`;
    throw new Failure(
      { code: 'host-auth', class: 'permanent', message, object: path, host: host.name },
      { cause: error },
    );
  }
}
