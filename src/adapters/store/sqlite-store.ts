import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { DeploymentRecord, Forgetful, RunRecord, Store, UnderWay } from '../../ports/store.ts';
import { installationOf } from './installation.ts';
import { batchOf, gone, planOf, rowsOf } from './plan-rows.ts';
import { resourcesOf, type WantedRow, wantedRows } from './wanted-rows.ts';
import { openSqlite, type SqliteDatabase } from './sqlite-database.ts';

/** A row whose columns but one are for finding it. */
interface Body {
  readonly body: string;
}

/** The server's memory in its home, in one SQLite file; several processes may open the same home. */
export async function openStore(home: string): Promise<Store & Forgetful> {
  await mkdir(home, { recursive: true, mode: 0o700 });
  const installation = await installationOf(home);
  const database = openSqlite(join(home, 'store.db'));
  return {
    installation,
    ...plansIn(database),
    ...runsIn(database),
    ...deploymentsIn(database),
    ...wantedIn(database),
    dropBefore: async (moment, keep) => dropPlans(database, moment, keep),
    close: async () => database.close(),
  };
}

function plansIn(database: SqliteDatabase): Pick<Store, 'putPlan' | 'getPlan' | 'getBatch'> {
  return {
    async putPlan(plan) {
      const { reference, body, batches } = rowsOf(plan);
      const storedAt = new Date().toISOString();
      const isThere = (): boolean =>
        database.get('UPDATE plans SET stored_at = ? WHERE hash = ? RETURNING 1', storedAt, reference) !== undefined;
      if (isThere()) return reference;
      database.transaction(() => {
        // The same plan, written by somebody else meanwhile.
        if (isThere()) return;
        database.run('INSERT INTO plans (hash, body, stored_at) VALUES (?, ?, ?)', reference, body, storedAt);
        for (const row of batches) {
          database.run('INSERT INTO batches (plan, id, body) VALUES (?, ?, ?)', reference, row.id, row.body);
        }
      });
      return reference;
    },
    async getBatch(plan, batch) {
      const row = database.get<Body>('SELECT body FROM batches WHERE plan = ? AND id = ?', plan, batch);
      return batchOf(plan, batch, row?.body);
    },
    async getPlan(plan) {
      const { body } = database.get<Body>('SELECT body FROM plans WHERE hash = ?', plan) ?? gone(`plan ${plan}`);
      return planOf(plan, body, database.all('SELECT id, body FROM batches WHERE plan = ?', plan));
    },
  };
}

function dropPlans(database: SqliteDatabase, moment: Date, keep: UnderWay): number {
  return database.transaction(() => {
    const old = database.all<{ hash: string }>('SELECT hash FROM plans WHERE stored_at < ?', moment.toISOString());
    const unused = old.map(({ hash }) => hash).filter((hash) => !keep.plans.has(hash));
    for (const hash of unused) {
      database.run('DELETE FROM batches WHERE plan = ?', hash);
      database.run('DELETE FROM plans WHERE hash = ?', hash);
    }
    return unused.length;
  });
}

function runsIn(database: SqliteDatabase): Pick<Store, 'putRun' | 'runs'> {
  const columns = 'INSERT INTO runs (run, deployment, started_at, body) VALUES (?, ?, ?, ?)';
  const put = `${columns} ON CONFLICT (run) DO UPDATE SET
    deployment = excluded.deployment, started_at = excluded.started_at, body = excluded.body`;
  return {
    async putRun(record) {
      database.run(put, record.run, record.deployment, record.startedAt, JSON.stringify(record));
    },
    async runs(deployment) {
      const rows =
        deployment === undefined
          ? database.all<Body>('SELECT body FROM runs ORDER BY started_at, run')
          : database.all<Body>('SELECT body FROM runs WHERE deployment = ? ORDER BY started_at, run', deployment);
      return rows.map((row) => JSON.parse(row.body) as RunRecord);
    },
  };
}

function deploymentsIn(
  database: SqliteDatabase,
): Pick<Store, 'putDeployment' | 'deployment' | 'deployments' | 'removeDeployment'> {
  const put =
    'INSERT INTO deployments (name, body) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET body = excluded.body';
  return {
    async putDeployment(record) {
      database.run(put, record.name, JSON.stringify(record));
    },
    async deployment(name) {
      const row = database.get<Body>('SELECT body FROM deployments WHERE name = ?', name);
      return row && (JSON.parse(row.body) as DeploymentRecord);
    },
    async deployments() {
      const rows = database.all<Body>('SELECT body FROM deployments ORDER BY name');
      return rows.map((row) => JSON.parse(row.body) as DeploymentRecord);
    },
    async removeDeployment(name) {
      database.transaction(() => {
        database.run('DELETE FROM deployments WHERE name = ?', name);
        database.run('DELETE FROM wanted WHERE deployment = ?', name);
      });
    },
  };
}

function wantedIn(database: SqliteDatabase): Pick<Store, 'putWanted' | 'wanted'> {
  const all = 'SELECT guest, body FROM wanted WHERE deployment = ?';
  return {
    async putWanted(deployment, resources) {
      const rows = wantedRows(resources);
      const before = new Map(database.all<WantedRow>(all, deployment).map(({ guest, body }) => [guest, body]));
      const changed = rows.filter(({ guest, body }) => before.get(guest) !== body);
      const names = new Set(rows.map(({ guest }) => guest));
      const ended = [...before.keys()].filter((guest) => !names.has(guest));
      if (changed.length + ended.length === 0) return;
      database.transaction(() => {
        for (const guest of ended)
          database.run('DELETE FROM wanted WHERE deployment = ? AND guest = ?', deployment, guest);
        for (const { guest, body } of changed) {
          database.run(
            'INSERT OR REPLACE INTO wanted (deployment, guest, body) VALUES (?, ?, ?)',
            deployment,
            guest,
            body,
          );
        }
      });
    },
    async wanted(deployment, guest) {
      const rows =
        guest === undefined
          ? database.all<WantedRow>(`${all} ORDER BY guest`, deployment)
          : database.all<WantedRow>(`${all} AND guest = ?`, deployment, guest);
      return resourcesOf(rows);
    },
  };
}
