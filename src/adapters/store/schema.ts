import { Failure } from '../../model/failure.ts';

/**
 * What brings the tables from one version to the next, in an SQL that SQLite and PostgreSQL both read. Only ever
 * appended to. Bodies are JSON texts: the tables are for finding and for whole writes, the model is in TypeScript.
 */
const migrations: readonly (readonly string[])[] = [
  [
    'CREATE TABLE plans (hash TEXT PRIMARY KEY, body TEXT NOT NULL)',
    'CREATE TABLE batches (plan TEXT NOT NULL, id TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (plan, id))',
    'CREATE TABLE runs (run TEXT PRIMARY KEY, deployment TEXT NOT NULL, started_at TEXT NOT NULL, body TEXT NOT NULL)',
    'CREATE INDEX runs_of_deployment ON runs (deployment, started_at)',
    'CREATE TABLE deployments (name TEXT PRIMARY KEY, body TEXT NOT NULL)',
  ],
  ["ALTER TABLE plans ADD COLUMN stored_at TEXT NOT NULL DEFAULT ''"],
  [
    'CREATE TABLE wanted (deployment TEXT NOT NULL, guest TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (deployment, guest))',
  ],
];

/** What must run to bring tables of a version (0: none yet) to this program's, the new version number included. */
export function migrationsFrom(version: number, where: string): readonly string[] {
  const latest = migrations.length;
  if (version === latest) return [];
  if (version < latest) {
    const record =
      version === 0
        ? `INSERT INTO schema_version (version) VALUES (${latest})`
        : `UPDATE schema_version SET version = ${latest}`;
    return [...migrations.slice(version).flat(), record];
  }
  throw new Failure({
    code: 'store-version',
    class: 'permanent',
    message: `the store was written by a newer program: its tables have version ${version}, this program knows ${latest}`,
    object: where,
    hint: 'run the newer kvm-compose, or give this one another KVM_COMPOSE_HOME',
  });
}
