import { expect, test } from 'vitest';

import { sharedWork } from '../../src/adapters/shared-work.ts';

/** Work that ends when told to, or some time after it was stopped. */
function pieces() {
  const begun: { signal: AbortSignal; end(value: string): void; fail(error: Error): void }[] = [];
  const work = (signal: AbortSignal): Promise<string> =>
    new Promise((end, fail) => {
      begun.push({ signal, end, fail });
    });
  return { begun, work };
}

test('is done once for all who want it at the same time, and again for who comes later', async () => {
  const shared = sharedWork<string>();
  const { begun, work } = pieces();
  const both = [shared.run('a', work), shared.run('a', work)];
  const other = shared.run('b', work);
  await expect.poll(() => begun.length).toBe(2);
  begun[0]!.end('one');
  begun[1]!.end('two');
  expect(await Promise.all([...both, other])).toEqual(['one', 'one', 'two']);
  const again = shared.run('a', work);
  await expect.poll(() => begun.length).toBe(3);
  begun[2]!.end('three');
  expect(await again).toBe('three');
});

test('goes on for the others when the first caller leaves, who need not wait', async () => {
  const shared = sharedWork<string>();
  const { begun, work } = pieces();
  const first = new AbortController();
  const left = shared.run('a', work, first.signal);
  const stays = shared.run('a', work, new AbortController().signal);
  await expect.poll(() => begun.length).toBe(1);
  first.abort(new Error('cancelled'));
  await expect(left).rejects.toThrow('cancelled');
  expect(begun[0]!.signal.aborted).toBe(false);
  begun[0]!.end('done');
  expect(await stays).toBe('done');
});

test('is stopped when the last one leaves, who waits until it has stopped', async () => {
  const shared = sharedWork<string>();
  const { begun, work } = pieces();
  const stop = new AbortController();
  let settled = false;
  const left = shared.run('a', work, stop.signal).finally(() => (settled = true));
  left.catch(() => undefined);
  await expect.poll(() => begun.length).toBe(1);
  stop.abort(new Error('cancelled'));
  await expect.poll(() => begun[0]!.signal.aborted).toBe(true);
  expect(settled).toBe(false);
  // Who comes now starts it anew, but not beside the one that has not stopped yet.
  const next = shared.run('a', work);
  expect(begun).toHaveLength(1);
  begun[0]!.fail(new Error('stopped'));
  await expect(left).rejects.toThrow('cancelled');
  await expect.poll(() => begun.length).toBe(2);
  begun[1]!.end('done');
  expect(await next).toBe('done');
});

test('fails for all who wait, and a caller that has left before it begins starts nothing', async () => {
  const shared = sharedWork<string>();
  const { begun, work } = pieces();
  const both = [shared.run('a', work), shared.run('a', work)].map((each) =>
    each.catch((error: Error) => error.message),
  );
  await expect.poll(() => begun.length).toBe(1);
  begun[0]!.fail(new Error('no'));
  expect(await Promise.all(both)).toEqual(['no', 'no']);
  await expect(shared.run('a', work, AbortSignal.abort(new Error('gone')))).rejects.toThrow('gone');
  expect(begun).toHaveLength(1);
});
