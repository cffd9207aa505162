import { closeSync, existsSync, openSync } from 'node:fs';
import { DatabaseSync, type DatabaseSyncInstance, type StatementSyncInstance } from '@photostructure/sqlite';
import { migrationsFrom } from './schema.ts';
import { guarded } from './sqlite-failure.ts';

/** How long a write waits for another process's. Each holds the file for one commit, so this is for a stuck disk. */
const busyMs = 5000;

/** A value of a column or a parameter. */
type SqlValue = string | number | null;

/** A database file that several processes have open. Each call is one statement, all of `transaction` or nothing. */
export interface SqliteDatabase {
  run(sql: string, ...values: SqlValue[]): void;
  /** Rows as the statement names their columns. */
  all<Row>(sql: string, ...values: SqlValue[]): Row[];
  get<Row>(sql: string, ...values: SqlValue[]): Row | undefined;
  transaction<T>(work: () => T): T;
  close(): void;
}

/** Opens the file, makes it on first use, and brings its tables to this program's version. */
export function openSqlite(path: string): SqliteDatabase {
  // SQLite would make it readable for everybody; the files it puts beside it take over this one's mode.
  const database = guarded(path, () => {
    if (!existsSync(path)) closeSync(openSync(path, 'a', 0o600));
    return new DatabaseSync(path, { timeout: busyMs });
  });
  try {
    return guarded(path, () => prepared(database, path));
  } catch (error) {
    database.close();
    throw error;
  }
}

function prepared(database: DatabaseSyncInstance, path: string): SqliteDatabase {
  // Readers never wait for the writer, and a commit that was answered survives a power cut.
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
  const statements = new Map<string, StatementSyncInstance>();
  const statement = (sql: string): StatementSyncInstance => {
    const known = statements.get(sql) ?? database.prepare(sql);
    statements.set(sql, known);
    return known;
  };
  const transaction = <T>(work: () => T): T => {
    // Says at once that it will write: a reader that turns into a writer could not wait for its turn.
    database.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      database.exec('COMMIT');
      return result;
    } catch (error) {
      // A full disk has rolled it back already.
      if (database.isTransaction) database.exec('ROLLBACK');
      throw error;
    }
  };
  migrate(database, transaction, path);
  return {
    run: (sql, ...values) => void guarded(path, () => statement(sql).run(...values)),
    all: <Row>(sql: string, ...values: SqlValue[]) => guarded(path, () => statement(sql).all(...values) as Row[]),
    get: <Row>(sql: string, ...values: SqlValue[]) =>
      guarded(path, () => statement(sql).get(...values) as Row | undefined),
    transaction: (work) => guarded(path, () => transaction(work)),
    close() {
      statements.clear();
      if (!database.isOpen) return;
      try {
        // The library's own close leaves it to the end of the process, where nobody does it.
        database.exec('PRAGMA wal_checkpoint(PASSIVE)');
      } catch {
        // On a full disk it stays in the -wal file, which is as good: the next one to open reads it there.
      }
      database.close();
    },
  };
}

/** Whoever comes first makes the tables; the others wait for it and find nothing to do. */
function migrate(database: DatabaseSyncInstance, transaction: (work: () => void) => void, path: string): void {
  const version = (): number => {
    if (!database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'schema_version'").get()) return 0;
    const row = database.prepare('SELECT version FROM schema_version').get() as { version: number } | undefined;
    return row?.version ?? 0;
  };
  if (migrationsFrom(version(), path).length === 0) return;
  transaction(() => {
    const steps = migrationsFrom(version(), path);
    database.exec('CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL)');
    for (const step of steps) database.exec(step);
  });
}
