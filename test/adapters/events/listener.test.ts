import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { followBy } from '../../../src/adapters/events/follow.ts';
import { runListener, type RunListener } from '../../../src/adapters/events/listener.ts';
import type { PostgresDatabase } from '../../../src/adapters/postgres/database.ts';

let server: Server;
let port: number;
let connections: number;
let listener: RunListener;
let take: (socket: Socket) => void;

beforeEach(async () => {
  connections = 0;
  take = (socket) => socket.resetAndDestroy();
  server = createServer((socket) => {
    connections += 1;
    socket.on('error', () => undefined);
    take(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
  const client = (): pg.Client => new pg.Client({ host: '127.0.0.1', port, user: 'me', database: 'db' });
  listener = runListener({ client } as unknown as PostgresDatabase);
});

afterEach(async () => {
  await listener.close();
  server.close();
});

/** Follows runs of a database that tells nothing; how often it was read, and what ends it. */
function following(followers: number): { reads: number; leave(): Promise<unknown> } {
  const left = new AbortController();
  const own = { reads: 0 };
  const follow = async (run: string): Promise<void> => {
    const read = async (): Promise<[]> => {
      own.reads += 1;
      return [];
    };
    const growth = {
      changes: () => listener.changes(run),
      changed: (since: number) => listener.changed(run, since, left.signal),
    };
    for await (const _ of followBy(read, growth, run, 0, left.signal)) throw new Error('there is nothing to follow');
  };
  const all = Promise.all(Array.from({ length: followers }, (_, n) => follow(`run-${n}`)));
  return Object.assign(own, {
    leave: () => {
      left.abort();
      return all;
    },
  });
}

describe('a database that resets every connection', () => {
  test('is asked for notifications with pauses that grow, however many follow', async () => {
    const follow = following(20);
    await new Promise((resolve) => setTimeout(resolve, 2000));
    console.log(`in 2 s: ${connections} connections, ${follow.reads} reads by 20 followers`);
    await follow.leave();
    // Pauses of 50, 100, 200, 400 and 800 ms at least.
    expect(connections).toBeLessThanOrEqual(7);
    expect(follow.reads).toBeLessThanOrEqual(20 * 12);
  });

  test('is not asked again after the listener was closed', async () => {
    const follow = following(1);
    await vi.waitFor(() => expect(connections).toBe(1));
    await listener.close();
    listener.changes('run-0');
    await vi.waitFor(() => expect(follow.reads).toBeGreaterThan(3), { timeout: 5000 });
    await follow.leave();
    expect(connections).toBe(1);
  });
});
