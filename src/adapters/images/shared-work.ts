type Tell<P> = (progress: P) => void;
type Work<T, P> = (signal: AbortSignal, tell: Tell<P>) => Promise<T>;

/** Work that several may want at once: it is done once, and stopped only when none of them waits for it any more. */
export interface SharedWork<T, P> {
  run(key: string, work: Work<T, P>, signal?: AbortSignal, listen?: Tell<P>): Promise<T>;
}

interface Running<T, P> {
  readonly done: Promise<T>;
  readonly stop: AbortController;
  readonly listeners: Set<Tell<P>>;
  waiting: number;
}

/** Keeps what is being done, by key. */
export function sharedWork<T, P>(): SharedWork<T, P> {
  const all = new Map<string, Running<T, P>>();
  const begin = (key: string, work: Work<T, P>): Running<T, P> => {
    const before = all.get(key)?.done.catch(() => undefined);
    const stop = new AbortController();
    const listeners = new Set<Tell<P>>();
    const tell: Tell<P> = (progress) => listeners.forEach((listen) => listen(progress));
    // What was stopped may still be ending: both would write into one file.
    const done = Promise.resolve(before).then(() => work(stop.signal, tell));
    const running = { done, stop, listeners, waiting: 0 };
    all.set(key, running);
    const forget = (): void => void (all.get(key) === running && all.delete(key));
    done.then(forget, forget);
    return running;
  };
  return {
    async run(key, work, signal, listen = () => undefined) {
      signal?.throwIfAborted();
      const there = all.get(key);
      const running = there && !there.stop.signal.aborted ? there : begin(key, work);
      // One function may be handed in twice, and is to be told until both have left.
      const own: Tell<P> = (progress) => listen(progress);
      running.waiting += 1;
      running.listeners.add(own);
      try {
        return await untilAborted(running.done, signal);
      } finally {
        running.waiting -= 1;
        running.listeners.delete(own);
        if (running.waiting === 0) running.stop.abort();
      }
    },
  };
}

function untilAborted<T>(done: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return done;
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason as Error);
    signal.addEventListener('abort', stop, { once: true });
    const leave = (): void => signal.removeEventListener('abort', stop);
    done.then(resolve, reject).then(leave, leave);
  });
}
