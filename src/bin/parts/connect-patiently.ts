import { setTimeout as sleep } from 'node:timers/promises';
import { NativeConnection } from '@temporalio/worker';
import { pauseAfter } from '../../model/backoff.ts';
import { Failure } from '../../model/failure.ts';

const backoff = { firstMs: 25, mostMs: 2000 };

/**
 * The native connection throws at once where the server is still starting. After the patience the program ends, and its
 * supervisor begins it anew.
 */
export async function connectPatiently(address: string, patienceMs = 60_000): Promise<NativeConnection> {
  const begin = performance.now();
  for (let failures = 1; ; failures += 1) {
    try {
      // Compressing costs more than it saves on loopback: 25 ms instead of 11 ms for an activity.
      return await NativeConnection.connect({ address, grpcCompression: { codec: 'none' } });
    } catch (cause) {
      const message = `Temporal at ${address} does not answer: ${(cause as Error).message}`;
      if (performance.now() - begin >= patienceMs) {
        const hint = 'see kvm-compose server logs temporal';
        throw new Failure({ code: 'no-server', class: 'transient', message, object: address, hint }, { cause });
      }
      const pauseMs = pauseAfter(backoff, failures, Math.random());
      if (pauseMs > 1000) console.error(`${message}; waiting for it`);
      await sleep(pauseMs);
    }
  }
}
