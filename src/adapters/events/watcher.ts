import { type FSWatcher, mkdirSync, watch } from 'node:fs';
import { createSleepers } from './sleepers.ts';

/** Without the kernel's word about a change, this is how late a follower may be. */
const slowPollMs = 250;
const fastPollMs = 30;

/** Wakes those who wait for a file of one folder to grow, whoever writes it. */
export interface FolderWatcher {
  /** How often the file has changed so far; waiting for more than this misses nothing. */
  changes(name: string): number;
  /** Resolves when the file changed since, when it may have, or when the signal is aborted. */
  changed(name: string, since: number, signal: AbortSignal): Promise<void>;
  /** Something in this process changed the file. */
  touch(name: string): void;
}

/** Watches while somebody waits; a slow poll beside it, because notifications can be lost or be unavailable. */
export function folderWatcher(folder: string): FolderWatcher {
  const sleepers = createSleepers();
  let watcher: FSWatcher | undefined;

  const start = (): void => {
    if (watcher) return;
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      watcher = watch(folder, { persistent: false }, (_event, name) => name !== null && sleepers.touch(name));
      watcher.on('error', stop);
    } catch {
      // Out of inotify watches: the poll alone then, and fast.
      watcher = undefined;
    }
  };
  const stop = (): void => {
    watcher?.close();
    watcher = undefined;
  };
  return {
    touch: (name) => sleepers.touch(name),
    changes(name) {
      start();
      return sleepers.changes(name);
    },
    async changed(name, since, signal) {
      await sleepers.changed(name, since, signal, watcher ? slowPollMs : fastPollMs);
      if (sleepers.waiting() === 0 && signal.aborted) stop();
    },
  };
}
