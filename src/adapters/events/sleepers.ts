/** Those who wait for one of many things to change. */
export interface Sleepers {
  /** How often it has changed so far; waiting for more than this misses nothing. */
  changes(name: string): number;
  /** It changed: wakes those who wait for it. */
  touch(name: string): void;
  /** Everything may have changed. */
  touchAll(): void;
  /** Resolves when it changed since, when so much time passed that it may have, or when the signal is aborted. */
  changed(name: string, since: number, signal: AbortSignal, pollMs: number): Promise<void>;
  /** How many wait. */
  waiting(): number;
}

/** Nobody waits yet. */
export function createSleepers(): Sleepers {
  const counts = new Map<string, number>();
  const sleepers = new Map<string, Set<() => void>>();
  let waiting = 0;
  const touch = (name: string): void => {
    counts.set(name, (counts.get(name) ?? 0) + 1);
    const sleeping = sleepers.get(name);
    sleepers.delete(name);
    sleeping?.forEach((wake) => wake());
  };
  return {
    touch,
    touchAll: () => [...sleepers.keys()].forEach(touch),
    changes: (name) => counts.get(name) ?? 0,
    waiting: () => waiting,
    async changed(name, since, signal, pollMs) {
      if ((counts.get(name) ?? 0) !== since || signal.aborted) return;
      waiting += 1;
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          clearTimeout(timer);
          signal.removeEventListener('abort', wake);
          sleepers.get(name)?.delete(wake);
          resolve();
        };
        const timer = setTimeout(wake, pollMs);
        signal.addEventListener('abort', wake, { once: true });
        const sleeping = sleepers.get(name) ?? new Set();
        sleepers.set(name, sleeping.add(wake));
      });
      waiting -= 1;
    },
  };
}
