import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import type { Look } from '../../../src/adapters/runner/look.ts';
import { hungFailure, type SilenceWatch, watchSilence } from '../../../src/adapters/runner/silence.ts';

const seconds = 60;
let hung: ReturnType<typeof vi.fn<(look: Look | undefined) => void>>;
let look: Look;
let watch: SilenceWatch;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  hung = vi.fn();
  look = { bytes: 'rchar: 1' };
});

afterEach(() => {
  watch.end();
  vi.useRealTimers();
});

const start = (countsBytes: boolean): SilenceWatch =>
  watchSilence({ seconds, countsBytes, look: () => Promise.resolve(look), hung });

test('a command that says nothing for as long as its class allows is hung, once', async () => {
  watch = start(false);
  await vi.advanceTimersByTimeAsync(59_000);
  expect(hung).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(600_000);
  expect(hung).toHaveBeenCalledExactlyOnceWith(look);
});

test('every sign of life begins the time anew', async () => {
  watch = start(false);
  for (let n = 0; n < 10; n += 1) {
    await vi.advanceTimersByTimeAsync(50_000);
    watch.moved();
  }
  expect(hung).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(61_000);
  expect(hung).toHaveBeenCalledOnce();
});

test('copying is not hung while bytes move on the host, however long it says nothing', async () => {
  watch = start(true);
  for (let n = 0; n < 20; n += 1) {
    look = { bytes: `rchar: ${n}` };
    await vi.advanceTimersByTimeAsync(60_000);
  }
  expect(hung).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(120_000);
  expect(hung).toHaveBeenCalledOnce();
});

test('what has ended is not hung', async () => {
  watch = start(false);
  watch.end();
  await vi.advanceTimersByTimeAsync(600_000);
  expect(hung).not.toHaveBeenCalled();
});

test('the failure names command, host, limit and what to do', () => {
  expect(hungFailure('h1', 120, { bytes: '', command: 'virsh -c qemu:///system start web' }).data).toEqual({
    code: 'command-hung',
    class: 'permanent',
    message: '`virsh -c qemu:///system start web` on h1 gave no sign of life for 120 s and was stopped',
    host: 'h1',
    command: 'virsh -c qemu:///system start web',
    hint: 'find out on h1 whether libvirtd answers (systemctl status libvirtd), then run the command again',
  });
});
