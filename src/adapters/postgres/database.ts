import pg from 'pg';
import { migrationsFrom } from '../store/schema.ts';
import { guarded } from './failure.ts';

/** Connections of one process; each is held for a statement, or for the writing of one plan. */
const poolSize = 4;
const connectMs = 5000;
const statementMs = 30_000;
/** Any number, the same for all of ours: who makes tables takes this lock. */
const migrationLock = 7_308_611;

/** A PostgreSQL database with our tables, in a schema of our own. */
export interface PostgresDatabase {
  /** The URL without its secret, for people. */
  readonly place: string;
  all<Row>(sql: string, ...values: unknown[]): Promise<Row[]>;
  /** A connection beside the pool, for listening; not connected yet. */
  client(): pg.Client;
  close(): Promise<void>;
}

/** Connects, and brings the tables to this program's version. */
export async function openPostgres(url: string): Promise<PostgresDatabase> {
  const place = placeOf(url);
  const options = {
    connectionString: url,
    application_name: 'kvm-compose',
    connectionTimeoutMillis: connectMs,
    keepAlive: true,
    options: '-c search_path=kvm_compose',
  };
  const pool = new pg.Pool({ ...options, max: poolSize, statement_timeout: statementMs });
  // A connection that breaks while nobody uses it is replaced when somebody does.
  pool.on('error', () => undefined);
  try {
    await guarded(place, () => migrate(pool, place));
  } catch (error) {
    await pool.end();
    throw error;
  }
  return {
    place,
    all: <Row>(sql: string, ...values: unknown[]) =>
      guarded(place, async () => (await pool.query(sql, values)).rows as Row[]),
    client: () => new pg.Client(options),
    close: async () => {
      if (!pool.ending) await pool.end();
    },
  };
}

/** What of a URL may be shown: never the password, nor parameters, which can hold one. */
function placeOf(text: string): string {
  const { protocol, username, host, pathname, searchParams } = new URL(text);
  return `${protocol}//${username ? `${username}@` : ''}${searchParams.get('host') ?? host}${pathname}`;
}

/** Whoever comes first makes the tables; the others wait for it and find nothing to do. */
async function migrate(pool: pg.Pool, place: string): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    await client.query('SELECT pg_advisory_xact_lock($1)', [migrationLock]);
    await client.query('CREATE SCHEMA IF NOT EXISTS kvm_compose');
    await client.query('CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL)');
    const { rows } = await client.query<{ version: number }>('SELECT version FROM schema_version');
    for (const step of migrationsFrom(rows[0]?.version ?? 0, place)) await client.query(step);
    // Only here: with SQLite, events are files, and the installation is one too.
    await client.query(
      'CREATE TABLE IF NOT EXISTS installation (id TEXT NOT NULL, one BOOLEAN PRIMARY KEY CHECK (one))',
    );
    await client.query('CREATE TABLE IF NOT EXISTS event_heads (run TEXT PRIMARY KEY, last BIGINT NOT NULL)');
    await client.query(
      'CREATE TABLE IF NOT EXISTS events (run TEXT, seq BIGINT, body TEXT NOT NULL, PRIMARY KEY (run, seq))',
    );
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  } finally {
    client.release();
  }
}
