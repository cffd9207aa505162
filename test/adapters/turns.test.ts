import { PassThrough } from 'node:stream';
import { describe, expect, test, vi } from 'vitest';
import { createDialer } from '../../src/adapters/carriers/guest/session.ts';
import { turnsOf } from '../../src/adapters/carriers/guest/turns.ts';
import type { Runner } from '../../src/ports/runner.ts';
import { noSecrets } from '../support/doubles.ts';
import { here } from '../support/local-guest.ts';

/** Pieces of work that last until the test ends them. */
function work(): { begun: number; readonly do: () => Promise<void>; readonly end: () => void } {
  const open: (() => void)[] = [];
  const own = {
    begun: 0,
    do: () => {
      own.begun += 1;
      return new Promise<void>((resolve) => open.push(resolve));
    },
    end: () => open.shift()?.(),
  };
  return own;
}

const { signal } = new AbortController();

describe('turns', () => {
  test('let so many go at a time, and the next with each that ends, well or not', async () => {
    const inTurn = turnsOf(2);
    const own = work();
    const failing = inTurn(() => own.do().then(() => Promise.reject(new Error('no'))), signal);
    const others = Array.from({ length: 4 }, () => inTurn(own.do, signal));
    await vi.waitFor(() => expect(own.begun).toBe(2));
    own.end();
    await expect(failing).rejects.toThrow('no');
    await vi.waitFor(() => expect(own.begun).toBe(3));
    for (let n = 0; n < 4; n += 1) {
      own.end();
      await vi.waitFor(() => expect(own.begun).toBe(Math.min(5, 4 + n)));
    }
    await Promise.all(others);
  });

  test('let go at once who is cancelled in line, never begin its work, and pass its turn on', async () => {
    const inTurn = turnsOf(1);
    const [first, cancelled, next] = [work(), work(), work()];
    const cancel = new AbortController();
    const begun = inTurn(first.do, signal);
    const leaving = inTurn(cancelled.do, cancel.signal);
    const following = inTurn(next.do, signal);
    cancel.abort(new Error('cancelled'));
    // The first still has its turn.
    await expect(leaving).rejects.toThrow('cancelled');
    expect([first.begun, next.begun]).toEqual([1, 0]);
    first.end();
    await begun;
    await vi.waitFor(() => expect(next.begun).toBe(1));
    next.end();
    await following;
    expect(cancelled.begun).toBe(0);
  });

  test('leave work that has begun to its own end', async () => {
    const inTurn = turnsOf(1);
    const own = work();
    const cancel = new AbortController();
    const begun = inTurn(own.do, cancel.signal);
    await vi.waitFor(() => expect(own.begun).toBe(1));
    cancel.abort(new Error('cancelled'));
    own.end();
    await expect(begun).resolves.toBeUndefined();
  });
});

test('a login that is cancelled while its way is opened ends at once and closes the way', async () => {
  const cancel = new AbortController();
  const way = new PassThrough();
  const open = async (): Promise<PassThrough> => {
    cancel.abort(new Error('cancelled'));
    return way;
  };
  const dialer = createDialer({ open } as unknown as Runner, noSecrets);
  const reach = { guest: 'web', namespace: 'kc-lab', routes: [{ link: 'lo', address: '::1', via: 'x' }], user: 'root' };
  await expect(dialer.dial(here, reach, 0, cancel.signal)).rejects.toThrow('cancelled');
  expect(way.destroyed).toBe(true);
});
