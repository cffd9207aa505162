import { type FSWatcher, mkdirSync, watch } from 'node:fs';

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
  const counts = new Map<string, number>();
  const sleepers = new Map<string, Set<() => void>>();
  let watcher: FSWatcher | undefined;
  let waiting = 0;

  const touch = (name: string): void => {
    counts.set(name, (counts.get(name) ?? 0) + 1);
    const sleeping = sleepers.get(name);
    sleepers.delete(name);
    sleeping?.forEach((wake) => wake());
  };
  const start = (): void => {
    if (watcher) return;
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      watcher = watch(folder, { persistent: false }, (_event, name) => name !== null && touch(name));
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
    changes(name) {
      start();
      return counts.get(name) ?? 0;
    },
    touch,
    async changed(name, since, signal) {
      if ((counts.get(name) ?? 0) !== since || signal.aborted) return;
      waiting += 1;
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          clearTimeout(timer);
          signal.removeEventListener('abort', wake);
          sleepers.get(name)?.delete(wake);
          resolve();
        };
        const timer = setTimeout(wake, watcher ? slowPollMs : fastPollMs);
        signal.addEventListener('abort', wake, { once: true });
        const sleeping = sleepers.get(name) ?? new Set();
        sleepers.set(name, sleeping.add(wake));
      });
      waiting -= 1;
      if (waiting === 0 && signal.aborted) stop();
    },
  };
}
