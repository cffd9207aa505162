import { expect, test, vi } from 'vitest';
import { sharedWork } from '../../src/adapters/shared-work.ts';

/** Work that ends when it is told to, and rejects when it is stopped. */
function endless() {
  let end = (_value: string): void => undefined;
  let tell = (_progress: number): void => undefined;
  const work = vi.fn((signal: AbortSignal, report: (progress: number) => void) => {
    tell = report;
    return new Promise<string>((resolve, reject) => {
      end = resolve;
      signal.addEventListener('abort', () => reject(new Error('stopped')));
    });
  });
  return { work, end: (value: string) => end(value), tell: (progress: number) => tell(progress) };
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('goes on for the others when the first who wanted it is cancelled', async () => {
  const shared = sharedWork<string, number>();
  const { work, end } = endless();
  const stop = new AbortController();
  const first = shared.run('key', work, stop.signal);
  const others = [shared.run('key', work), shared.run('key', work, new AbortController().signal)];
  stop.abort(new Error('cancelled'));
  await expect(first).rejects.toThrow('cancelled');
  end('done');
  expect(await Promise.all(others)).toEqual(['done', 'done']);
  expect(work).toHaveBeenCalledTimes(1);
});

test('stops when all who wanted it are cancelled, and who comes then waits for its end and begins anew', async () => {
  const shared = sharedWork<string, number>();
  let ended = (): void => undefined;
  const slow = vi.fn(() => new Promise<string>((resolve) => (ended = () => resolve('too late'))));
  const stop = new AbortController();
  const first = shared.run('key', slow, stop.signal);
  await settled();
  stop.abort(new Error('cancelled'));
  // The last to leave waits until the work has stopped.
  const left = expect(first).rejects.toThrow('cancelled');
  await settled();
  const { work, end } = endless();
  const second = shared.run('key', work);
  await settled();
  expect(work).not.toHaveBeenCalled();
  ended();
  await left;
  await vi.waitFor(() => expect(work).toHaveBeenCalled());
  end('anew');
  expect(await second).toBe('anew');
});

test('tells all who wait how far it is, and no one who has left', async () => {
  const shared = sharedWork<string, number>();
  const { work, end, tell } = endless();
  const [left, stayed] = [vi.fn(), vi.fn()];
  const stop = new AbortController();
  const first = shared.run('key', work, stop.signal, left);
  const second = shared.run('key', work, undefined, stayed);
  await vi.waitFor(() => expect(work).toHaveBeenCalled());
  tell(1);
  stop.abort(new Error('cancelled'));
  await expect(first).rejects.toThrow('cancelled');
  tell(2);
  end('done');
  await second;
  expect([left.mock.calls, stayed.mock.calls]).toEqual([[[1]], [[1], [2]]]);
});

test('fails for all who wait, and is tried again for who comes then', async () => {
  const shared = sharedWork<string, number>();
  const failing = vi.fn(() => Promise.reject(new Error('no space')));
  const both = [shared.run('key', failing), shared.run('key', failing)];
  await Promise.all(both.map((each) => expect(each).rejects.toThrow('no space')));
  await expect(shared.run('key', failing)).rejects.toThrow('no space');
  expect(failing).toHaveBeenCalledTimes(2);
});

test('is not begun for who is cancelled already', async () => {
  const shared = sharedWork<string, number>();
  const { work } = endless();
  await expect(shared.run('key', work, AbortSignal.abort(new Error('cancelled')))).rejects.toThrow('cancelled');
  expect(work).not.toHaveBeenCalled();
});
