import type { Worker } from '@temporalio/worker';

/** Several workers as one. */
export interface Workers {
  /** Ends when all have ended; when one fails the others are stopped and it throws. */
  run(): Promise<void>;
  shutdown(): void;
}

/** They share a connection, and none is of use without the others. */
export function together(workers: readonly Worker[]): Workers {
  const shutdown = (): void => {
    for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
  };
  return {
    run: async () => {
      const ends = workers.map((worker) => worker.run());
      await Promise.all(ends).catch(async (error: unknown) => {
        shutdown();
        await Promise.allSettled(ends);
        throw error;
      });
    },
    shutdown,
  };
}
