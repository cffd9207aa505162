import { join } from 'node:path';
import { openEventLog } from '../../adapters/events/json-lines.ts';
import { openStore } from '../../adapters/store/sqlite-store.ts';
import type { EventLog } from '../../ports/events.ts';
import type { Store } from '../../ports/store.ts';
import type { ServerSettings } from '../../server/settings.ts';

/** What a server remembers: files in its home, or a PostgreSQL database that servers share. */
export async function openMemory({
  home,
  databaseUrl,
}: ServerSettings): Promise<{ store: Store; events: EventLog; close(): Promise<void> }> {
  if (databaseUrl === undefined) {
    const store = await openStore(home);
    return { store, events: openEventLog(join(home, 'events')), close: () => store.close() };
  }
  // Loaded only by who uses it: a start with files stays fast.
  const { openPostgresMemory } = await import('./postgres-memory.ts');
  return openPostgresMemory(databaseUrl, home);
}
