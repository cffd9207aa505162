import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import pg from 'pg';

/** A PostgreSQL server of the test's own, from Debian's package, in a temporary folder on a Unix socket. */
export interface TestPostgres {
  /** URL of a fresh, empty database, with its password. */
  freshDatabase(): Promise<string>;
  /** The same server as somebody else, or another one, would be reached. */
  url(password: string, database: string): string;
  readonly password: string;
  /** Ends every connection, as a restart would. */
  dropConnections(): Promise<void>;
  stop(): Promise<void>;
}

const binaries = '/usr/lib/postgresql';

/** Folder of Debian's PostgreSQL programs; undefined where the package `postgresql` is not installed. */
export function postgresPrograms(): string | undefined {
  if (!existsSync(binaries)) return undefined;
  const versions = readdirSync(binaries).filter((version) => existsSync(join(binaries, version, 'bin/initdb')));
  return versions.length > 0 ? join(binaries, versions.sort().at(-1)!, 'bin') : undefined;
}

/** PostgreSQL refuses to run as root; it dies with the test that started it. */
function asPostgres(program: string, args: readonly string[]): [string, string[]] {
  if (process.getuid?.() !== 0) return [program, [...args]];
  const own = ['--reuid=postgres', '--regid=postgres', '--clear-groups', '--pdeathsig=QUIT'];
  return ['setpriv', [...own, program, ...args]];
}

/** Makes and starts a server. Durability is PostgreSQL's own affair, so it does not wait for the disk. */
export async function startPostgres(programs: string): Promise<TestPostgres> {
  const folder = mkdtempSync(join(tmpdir(), 'kc-postgres-'));
  const password = 'pa%ss/w:rd@x';
  const passwordFile = join(folder, 'password');
  writeFileSync(passwordFile, `${password}\n`);
  if (process.getuid?.() === 0) {
    const uid = Number(execFileSync('id', ['-u', 'postgres']));
    const gid = Number(execFileSync('id', ['-g', 'postgres']));
    for (const path of [folder, passwordFile]) chownSync(path, uid, gid);
  }
  const data = join(folder, 'data');
  const init = ['-D', data, '-U', 'owner', '--auth=scram-sha-256', '--pwfile', passwordFile, '-E', 'UTF8', '--no-sync'];
  execFileSync(...asPostgres(join(programs, 'initdb'), [...init, '--locale=C.UTF-8']), {
    stdio: 'ignore',
    cwd: folder,
  });
  const settings = ['listen_addresses=', `unix_socket_directories=${folder}`, 'fsync=off', 'max_connections=60'];
  const args = ['-D', data, ...settings.flatMap((each) => ['-c', each])];
  const server = spawn(...asPostgres(join(programs, 'postgres'), args), { stdio: 'ignore', cwd: folder });
  const url = (secret: string, database: string): string =>
    `postgresql://owner:${encodeURIComponent(secret)}@localhost/${database}?host=${encodeURIComponent(folder)}`;
  const admin = async <T>(work: (client: pg.Client) => Promise<T>): Promise<T> => {
    const client = new pg.Client({ connectionString: url(password, 'postgres') });
    await client.connect();
    try {
      return await work(client);
    } finally {
      await client.end();
    }
  };
  await answering(admin, server);
  let databases = 0;
  return {
    password,
    url,
    async freshDatabase() {
      const name = `test${(databases += 1)}`;
      await admin((client) => client.query(`CREATE DATABASE ${name} TEMPLATE template0`));
      return url(password, name);
    },
    async dropConnections() {
      const others = 'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1';
      await admin((client) => client.query(others, ['kvm-compose']));
    },
    async stop() {
      const ended = new Promise((resolve) => server.once('exit', resolve));
      // At once, without waiting for clients.
      server.kill('SIGQUIT');
      if (server.exitCode === null) await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Waits until the server takes a connection. */
async function answering(
  admin: (work: (client: pg.Client) => Promise<unknown>) => Promise<unknown>,
  server: ChildProcess,
): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    try {
      await admin((client) => client.query('SELECT 1'));
      return;
    } catch (error) {
      if (server.exitCode !== null || tries > 200) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
