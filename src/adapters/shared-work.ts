/** Pieces of work that several callers may want at the same time, each done once for all of them. */
export interface SharedWork<T> {
  /**
   * Waits for the work under the key, and starts it when nobody else has. A caller whose signal is aborted leaves; the
   * work is stopped only when the last one has left, and that one waits until it has stopped.
   */
  join(key: string, work: (signal: AbortSignal) => Promise<T>, signal?: AbortSignal): Promise<T>;
}

interface Piece<T> {
  readonly done: Promise<T>;
  readonly stop: AbortController;
  waiting: number;
}

/** No work is under way yet. */
export function sharedWork<T>(): SharedWork<T> {
  const pieces = new Map<string, Piece<T>>();

  const start = (key: string, work: (signal: AbortSignal) => Promise<T>): Piece<T> => {
    const stop = new AbortController();
    const done = work(stop.signal).finally(() => pieces.delete(key));
    // Those who wait hear of a failure; when all have left nobody does.
    done.catch(() => undefined);
    const piece = { done, stop, waiting: 0 };
    pieces.set(key, piece);
    return piece;
  };
  return {
    async join(key, work, signal) {
      let piece = pieces.get(key);
      // One that is being stopped has no result for a newcomer, and still holds what both would write.
      for (; piece?.stop.signal.aborted; piece = pieces.get(key)) await piece.done.catch(() => undefined);
      signal?.throwIfAborted();
      piece ??= start(key, work);
      return waitFor(piece, signal);
    },
  };
}

async function waitFor<T>(piece: Piece<T>, signal: AbortSignal | undefined): Promise<T> {
  piece.waiting += 1;
  let leave = (): void => undefined;
  const left = new Promise<'left'>((resolve) => (leave = () => resolve('left')));
  signal?.addEventListener('abort', leave, { once: true });
  try {
    const first = await Promise.race([piece.done, left]);
    if (first !== 'left') return first;
  } finally {
    piece.waiting -= 1;
    signal?.removeEventListener('abort', leave);
  }
  if (piece.waiting === 0) {
    piece.stop.abort(signal?.reason);
    await piece.done.catch(() => undefined);
  }
  throw signal?.reason;
}
