import type { ChildMessage } from '../../server/child.ts';
import { failureOf } from '../../model/failure.ts';
import { Failure } from '../../model/failure.ts';

function tell(message: ChildMessage, then: () => void = () => undefined): void {
  if (process.connected) process.send?.(message, then);
  else then();
}

/**
 * Runs a program as a part of the server: it says when it is ready or why it cannot be, stops on SIGTERM, and ends at
 * once when its supervisor is gone. `start` resolves when it is ready; its result stops it.
 */
export async function runAsPart(name: string, start: () => Promise<() => Promise<void>>): Promise<void> {
  process.title = `kvm-compose ${name}`;
  process.once('disconnect', () => process.exit(0));
  // It may have gone while this program was loading; nobody is told of that afterwards.
  if (process.connected === false) process.exit(0);
  try {
    const stop = await start();
    tell({ ready: true });
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.once(signal, () => void stop().finally(() => process.exit(0)));
    }
  } catch (error) {
    console.error(error);
    // Only what a person must settle ends the start; anything else is tried again.
    if (error instanceof Failure && error.data.class === 'permanent')
      tell({ failure: failureOf(error) }, () => process.exit(1));
    else process.exit(1);
  }
}

/** An environment variable the supervisor sets. */
export function required(name: string): string {
  const value = process.env[name];
  if (value) return value;
  throw new Error(`${name} is not set: this program is started by the supervisor (kvm-compose server start)`);
}
