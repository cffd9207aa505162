import type { ReadAnswer, ReadInput } from './contract.ts';
import { readActivities } from './proxies.ts';
import { refuseStaleInput } from './refuse-stale-input.ts';

/** `plan` and `status`: one activity, under its own id, so they never wait for the lock of a changing command. */
export async function read(input: ReadInput): Promise<ReadAnswer> {
  refuseStaleInput(input, `read/${input.deployment}/`);
  return readActivities.read(input);
}
