import type { DeploymentRecord, Forgetful, RunRecord, Store, UnderWay } from '../../ports/store.ts';
import type { PostgresDatabase } from '../postgres/database.ts';
import { installationOf } from './installation.ts';
import { resourcesOf, wantedRows } from './wanted-rows.ts';
import { batchOf, gone, planOf, rowsOf } from './plan-rows.ts';

/** A row whose columns but one are for finding it. */
interface Body {
  readonly body: string;
}

/** The memory of servers on several machines, in one PostgreSQL database. All of them are one installation. */
export async function postgresStore(database: PostgresDatabase, home: string): Promise<Store & Forgetful> {
  const own = await installationOf(home);
  await database.all('INSERT INTO installation (id, one) VALUES ($1, true) ON CONFLICT DO NOTHING', own);
  const [known] = await database.all<{ id: string }>('SELECT id FROM installation');
  return {
    installation: known?.id ?? own,
    ...plansIn(database),
    ...runsIn(database),
    ...deploymentsIn(database),
    ...wantedIn(database),
    dropBefore: (moment, keep) => dropPlans(database, moment, keep),
    close: () => database.close(),
  };
}

function plansIn(database: PostgresDatabase): Pick<Store, 'putPlan' | 'getPlan' | 'getBatch'> {
  // One statement, so all of it or nothing; who finds the plan there, or waited for it, adds no batches.
  const put = `WITH added AS (INSERT INTO plans (hash, body, stored_at) VALUES ($1, $2, $5)
      ON CONFLICT DO NOTHING RETURNING hash)
    INSERT INTO batches (plan, id, body)
    SELECT added.hash, row.id, row.body FROM added, unnest($3::text[], $4::text[]) AS row (id, body)`;
  return {
    async putPlan(plan) {
      const { reference, body, batches } = rowsOf(plan);
      const storedAt = new Date().toISOString();
      const touch = 'UPDATE plans SET stored_at = $2 WHERE hash = $1 RETURNING 1';
      if ((await database.all(touch, reference, storedAt)).length > 0) return reference;
      const [ids, bodies] = [batches.map((row) => row.id), batches.map((row) => row.body)];
      await database.all(put, reference, body, ids, bodies, storedAt);
      return reference;
    },
    async getBatch(plan, batch) {
      const [row] = await database.all<Body>('SELECT body FROM batches WHERE plan = $1 AND id = $2', plan, batch);
      return batchOf(plan, batch, row?.body);
    },
    async getPlan(plan) {
      const [row] = await database.all<Body>('SELECT body FROM plans WHERE hash = $1', plan);
      const { body } = row ?? gone(`plan ${plan}`);
      return planOf(plan, body, await database.all('SELECT id, body FROM batches WHERE plan = $1', plan));
    },
  };
}

/** Each plan in a statement of its own: no lock is held for more than one of them. */
async function dropPlans(database: PostgresDatabase, moment: Date, keep: UnderWay): Promise<number> {
  const before = moment.toISOString();
  const wanted = 'SELECT hash FROM plans WHERE stored_at < $1 AND hash <> ALL ($2)';
  const old = await database.all<{ hash: string }>(wanted, before, [...keep.plans]);
  const drop = `WITH old AS (DELETE FROM plans WHERE hash = $1 AND stored_at < $2 RETURNING hash)
    , rows AS (DELETE FROM batches USING old WHERE plan = old.hash)
    SELECT hash FROM old`;
  let dropped = 0;
  for (const { hash } of old) dropped += (await database.all(drop, hash, before)).length;
  return dropped;
}

function runsIn(database: PostgresDatabase): Pick<Store, 'putRun' | 'runs'> {
  const put = `INSERT INTO runs (run, deployment, started_at, body) VALUES ($1, $2, $3, $4) ON CONFLICT (run) DO UPDATE
    SET deployment = excluded.deployment, started_at = excluded.started_at, body = excluded.body`;
  return {
    async putRun(record) {
      await database.all(put, record.run, record.deployment, record.startedAt, JSON.stringify(record));
    },
    async runs(deployment) {
      // Null means all. The order of bytes, whatever language the database speaks.
      const wanted = `SELECT body FROM runs WHERE $1::text IS NULL OR deployment = $1
        ORDER BY started_at COLLATE "C", run COLLATE "C"`;
      const rows = await database.all<Body>(wanted, deployment ?? null);
      return rows.map((row) => JSON.parse(row.body) as RunRecord);
    },
  };
}

function deploymentsIn(
  database: PostgresDatabase,
): Pick<Store, 'putDeployment' | 'deployment' | 'deployments' | 'removeDeployment'> {
  const put =
    'INSERT INTO deployments (name, body) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET body = excluded.body';
  return {
    async putDeployment(record) {
      await database.all(put, record.name, JSON.stringify(record));
    },
    async deployment(name) {
      const [row] = await database.all<Body>('SELECT body FROM deployments WHERE name = $1', name);
      return row && (JSON.parse(row.body) as DeploymentRecord);
    },
    async deployments() {
      const rows = await database.all<Body>('SELECT body FROM deployments ORDER BY name COLLATE "C"');
      return rows.map((row) => JSON.parse(row.body) as DeploymentRecord);
    },
    async removeDeployment(name) {
      const drop = `WITH gone AS (DELETE FROM deployments WHERE name = $1)
        DELETE FROM wanted WHERE deployment = $1`;
      await database.all(drop, name);
    },
  };
}

function wantedIn(database: PostgresDatabase): Pick<Store, 'putWanted' | 'wanted'> {
  // One statement, so all of it or nothing; rows that say the same already are left alone.
  const put = `WITH given AS (SELECT * FROM unnest($2::text[], $3::text[]) AS row (guest, body)),
      gone AS (DELETE FROM wanted WHERE deployment = $1 AND guest <> ALL ($2))
    INSERT INTO wanted (deployment, guest, body) SELECT $1, guest, body FROM given
    ON CONFLICT (deployment, guest) DO UPDATE SET body = excluded.body WHERE wanted.body <> excluded.body`;
  return {
    async putWanted(deployment, resources) {
      const rows = wantedRows(resources);
      await database.all(
        put,
        deployment,
        rows.map(({ guest }) => guest),
        rows.map(({ body }) => body),
      );
    },
    async wanted(deployment, guest) {
      const all = `SELECT body FROM wanted WHERE deployment = $1 AND ($2::text IS NULL OR guest = $2)
        ORDER BY guest COLLATE "C"`;
      return resourcesOf(await database.all<Body>(all, deployment, guest ?? null));
    },
  };
}
