import { join } from 'node:path';
import { openEventLog } from '../../adapters/events/json-lines.ts';
import { openStore } from '../../adapters/store/sqlite-store.ts';
import type { Memory } from './memory.ts';
import type { ServerSettings } from '../../server/settings.ts';

/** What a server remembers: files in its home, or a PostgreSQL database that servers share. */
export async function openMemory({ home, databaseUrl }: ServerSettings): Promise<Memory> {
  if (databaseUrl === undefined) {
    const store = await openStore(home);
    const events = openEventLog(join(home, 'events'));
    return { store, events, forgetful: [store, events], close: () => store.close() };
  }
  // Loaded only by who uses it: a start with files stays fast.
  const { openPostgresMemory } = await import('./postgres-memory.ts');
  return openPostgresMemory(databaseUrl, home);
}
