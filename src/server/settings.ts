import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { Failure } from '../model/failure.ts';

/** Where the server lives and listens; the same for every program that belongs to it. */
export interface ServerSettings {
  readonly home: string;
  /** Port of the gateway. */
  readonly port: number;
  /** Builds of Temporal, shared by all servers of a user. */
  readonly cache: string;
  /** The user's image catalogue. */
  readonly images?: string;
  /** A Temporal command to use whatever else there is. */
  readonly temporalBin?: string;
  /** PostgreSQL that several servers share, instead of files in the home. Holds a password: never to be shown. */
  readonly databaseUrl?: string;
}

const defaultHome = '/var/lib/kvm-compose/server';
const defaultPort = 3355;

type Env = Readonly<Record<string, string | undefined>>;

/** Reads the environment. Throws Failure for a value that makes no sense. */
export function readSettings(env: Env): ServerSettings {
  const images = env['KVM_COMPOSE_IMAGES'];
  const temporalBin = env['KVM_COMPOSE_TEMPORAL_BIN'];
  const databaseUrl = readDatabaseUrl(env['KVM_COMPOSE_DATABASE_URL']);
  return {
    home: resolve(env['KVM_COMPOSE_HOME'] || defaultHome),
    port: readPort(env['KVM_COMPOSE_PORT']),
    cache: resolve(
      env['KVM_COMPOSE_CACHE'] ||
        join(env['XDG_CACHE_HOME'] || join(env['HOME'] || homedir(), '.cache'), 'kvm-compose'),
    ),
    ...(images ? { images: resolve(images) } : {}),
    ...(temporalBin ? { temporalBin: resolve(temporalBin) } : {}),
    ...(databaseUrl ? { databaseUrl } : {}),
  };
}

function readPort(text: string | undefined): number {
  if (!text) return defaultPort;
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65534) return port;
  const message = `KVM_COMPOSE_PORT is ${JSON.stringify(text)}, which is no TCP port`;
  throw new Failure({ code: 'bad-setting', class: 'permanent', message, hint: 'give a number from 1 to 65533' });
}

/** The value is never repeated: it may hold a password. */
function readDatabaseUrl(text: string | undefined): string | undefined {
  if (!text) return undefined;
  if (/^postgres(ql)?:$/.test(URL.canParse(text) ? new URL(text).protocol : '')) return text;
  const message = 'KVM_COMPOSE_DATABASE_URL is no URL of a PostgreSQL database';
  const hint = 'give postgresql://user:password@host:port/database, with special characters of the password as %XX';
  throw new Failure({ code: 'bad-setting', class: 'permanent', message, hint });
}
