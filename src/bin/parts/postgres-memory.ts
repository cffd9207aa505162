import { postgresEventLog } from '../../adapters/events/postgres-log.ts';
import { openPostgres } from '../../adapters/postgres/database.ts';
import { postgresStore } from '../../adapters/store/postgres-store.ts';
import type { Memory } from './memory.ts';

/** Store and events over one pool of connections. */
export async function openPostgresMemory(url: string, home: string): Promise<Memory> {
  const database = await openPostgres(url);
  const store = await postgresStore(database, home);
  const events = postgresEventLog(database);
  return {
    store,
    events,
    forgetful: [store, events],
    async close() {
      await events.flush();
      await events.close();
      await store.close();
    },
  };
}
