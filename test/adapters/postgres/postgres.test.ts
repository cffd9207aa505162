import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { postgresEventLog } from '../../../src/adapters/events/postgres-log.ts';
import { openPostgres, type PostgresDatabase } from '../../../src/adapters/postgres/database.ts';
import { postgresStore } from '../../../src/adapters/store/postgres-store.ts';
import { failureOf } from '../../../src/model/failure.ts';
import type { NumberedEvent } from '../../../src/ports/events.ts';
import { postgresPrograms, startPostgres, type TestPostgres } from '../../support/postgres.ts';
import { event, eventLogContract, forgettingLogContract, numbers, take } from '../events/contract.ts';
import { forgettingContract, storeContract, type StoreUnderTest } from '../store/contract.ts';

const programs = postgresPrograms();
if (programs === undefined) console.log('skipped: PostgreSQL is not installed (playground/install installs it)');

describe.skipIf(programs === undefined)('PostgreSQL', () => {
  let server: TestPostgres;
  beforeAll(async () => {
    server = await startPostgres(programs!);
  }, 60_000);
  afterAll(() => server.stop());

  async function freshStore(): Promise<StoreUnderTest<Awaited<ReturnType<typeof postgresStore>>>> {
    const url = await server.freshDatabase();
    const folders: string[] = [];
    return {
      // Each on a machine, and so with a home, of its own.
      async open() {
        const home = await mkdtemp(join(tmpdir(), 'kc-store-'));
        folders.push(home);
        return postgresStore(await openPostgres(url), home);
      },
      async remove() {
        for (const folder of folders) await rm(folder, { recursive: true, force: true });
      },
    };
  }

  storeContract('a PostgreSQL store', freshStore);
  forgettingContract('a PostgreSQL store', freshStore);

  /** Opens logs on one fresh database. */
  async function logs(): Promise<{ open(): Promise<ReturnType<typeof postgresEventLog>>; remove(): Promise<void> }> {
    const url = await server.freshDatabase();
    const close: (() => Promise<void>)[] = [];
    return {
      async open() {
        const database = await openPostgres(url);
        const log = postgresEventLog(database);
        close.push(async () => {
          await log.close();
          await database.close();
        });
        return log;
      },
      async remove() {
        await Promise.all(close.map((each) => each()));
      },
    };
  }

  eventLogContract('a PostgreSQL event log', logs);
  forgettingLogContract('a PostgreSQL event log', logs);

  describe('a PostgreSQL event log that many machines write', () => {
    test('has numbers without a gap, and each writer in its order', async () => {
      const under = await logs();
      const [reader, ...writers] = await Promise.all(Array.from({ length: 5 }, () => under.open()));
      const following = take(reader!, 'r', 0, 400);
      await Promise.all(
        writers.map(async (log, who) => {
          for (let n = 0; n < 50; n += 1) {
            await log.append('r', [
              event(`${who}`, { data: { n: 2 * n } }),
              event(`${who}`, { data: { n: 2 * n + 1 } }),
            ]);
          }
        }),
      );
      const observed = await following;
      expect(numbers(observed)).toEqual(observed.map((_, n) => n + 1));
      for (const who of writers.keys()) {
        const own = observed.filter(({ text }) => text === `${who}`).map(({ data }) => data?.['n']);
        expect(own).toEqual(Array.from({ length: 100 }, (_, n) => n));
      }
      await under.remove();
    }, 20_000);

    test('reaches followers by its notifications, long before they would ask again', async () => {
      const under = await logs();
      const [writer, reader] = [await under.open(), await under.open()];
      const late: number[] = [];
      const now = (): number => performance.timeOrigin + performance.now();
      const following = (async () => {
        for await (const each of reader.follow('r', 0, AbortSignal.timeout(15_000))) {
          late.push(now() - Number(each.data?.['at']));
          if (late.length === 300) return;
        }
      })();
      for (let n = 0; n < 300; n += 1) await writer.append('r', [event('tick', { data: { at: now() } })]);
      await following;
      late.sort((a, b) => a - b);
      console.log(`line to follower: median ${late[150]!.toFixed(1)} ms, p99 ${late[297]!.toFixed(1)} ms`);
      // The p99 belongs to a calm machine, the median to any.
      expect(late[150]).toBeLessThan(50);
      await under.remove();
    }, 20_000);

    test('loses nothing for its followers when all connections break', async () => {
      const under = await logs();
      const [writer, reader] = [await under.open(), await under.open()];
      const observed: NumberedEvent[] = [];
      const end = new AbortController();
      const following = (async () => {
        for await (const each of reader.follow('r', 0, end.signal)) observed.push(each);
      })();
      await writer.append('r', [event('before')]);
      await expect.poll(() => observed.length).toBe(1);
      await server.dropConnections();
      // A statement on a connection that just broke may fail; the next has a new one.
      const again = (): Promise<boolean> =>
        writer.append('r', [event('after')]).then(
          () => true,
          () => false,
        );
      await expect.poll(again, { timeout: 5000 }).toBe(true);
      await expect.poll(() => observed.at(-1)?.text, { timeout: 5000 }).toBe('after');
      end.abort();
      await following;
      expect(numbers(observed)).toEqual(observed.map((_, n) => n + 1));
      await under.remove();
    }, 20_000);
  });

  describe('a PostgreSQL that cannot be used', () => {
    const failing = async (url: string): Promise<unknown> => {
      const outcome = await openPostgres(url).catch((error: unknown) => error);
      if (!(outcome instanceof Error)) await (outcome as PostgresDatabase).close();
      return outcome;
    };

    test('refuses a wrong password for good, and nobody reads it in the message', async () => {
      const error = await failing(server.url('s3cret-but-wrong', 'postgres'));
      expect(failureOf(error)).toMatchObject({ code: 'store-refused', class: 'permanent' });
      const shown = inspect(error, { depth: 20, showHidden: true }) + JSON.stringify(failureOf(error));
      expect(shown).not.toContain('s3cret');
    });

    test('says which database is missing, without the password', async () => {
      const error = await failing(server.url(server.password, 'nowhere'));
      expect(failureOf(error)).toMatchObject({ code: 'store-refused', object: expect.stringContaining('/nowhere') });
      expect(inspect(error, { depth: 20 })).not.toContain(encodeURIComponent(server.password));
    });

    test('is waited for when it is down', async () => {
      const error = await failing('postgresql://me:s3cret@127.0.0.1:1/db');
      expect(failureOf(error)).toMatchObject({
        code: 'store-unreachable',
        class: 'transient',
        object: 'postgresql://me@127.0.0.1:1/db',
      });
    });

    test('is left alone when a newer program made its tables', async () => {
      const url = await server.freshDatabase();
      const database = await openPostgres(url);
      await database.all('UPDATE schema_version SET version = 99');
      await database.close();
      expect(failureOf(await failing(url))).toMatchObject({ code: 'store-version', class: 'permanent' });
    });
  });
});
