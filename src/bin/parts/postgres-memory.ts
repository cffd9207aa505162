import { postgresEventLog } from '../../adapters/events/postgres-log.ts';
import { openPostgres } from '../../adapters/postgres/database.ts';
import { postgresStore } from '../../adapters/store/postgres-store.ts';
import type { EventLog } from '../../ports/events.ts';
import type { Store } from '../../ports/store.ts';

/** Store and events over one pool of connections. */
export async function openPostgresMemory(
  url: string,
  home: string,
): Promise<{ store: Store; events: EventLog; close(): Promise<void> }> {
  const database = await openPostgres(url);
  const store = await postgresStore(database, home);
  const events = postgresEventLog(database);
  return {
    store,
    events,
    async close() {
      await events.flush();
      await events.close();
      await store.close();
    },
  };
}
