import pLimit from 'p-limit';

/** Does work when its turn comes. A cancel ends the waiting at once; work that has begun sees to its own end. */
export type InTurn = <T>(work: () => Promise<T>, signal: AbortSignal) => Promise<T>;

/** At most so many pieces of work at a time; the others wait in line. */
export function turnsOf(most: number): InTurn {
  const limit = pLimit(most);
  return (work, signal) =>
    new Promise((resolve, reject) => {
      const leave = (): void => reject(signal.reason as Error);
      if (signal.aborted) return leave();
      signal.addEventListener('abort', leave, { once: true });
      // p-limit has no way to leave the line: the turn of one that left passes to the next.
      limit(async () => {
        signal.removeEventListener('abort', leave);
        signal.throwIfAborted();
        return work();
      }).then(resolve, reject);
    });
}
