import { runActivities } from './proxies.ts';
import type { ReadInput } from './contract.ts';

/** `plan` and `status`: one activity, under its own id, so they never wait for the lock of a changing command. */
export async function read(input: ReadInput): Promise<unknown> {
  return runActivities.read(input);
}
