import { setPriority } from 'node:os';

/** Before whatever has the usual niceness of 0, and behind what an administrator raised on purpose. */
const priority = -5;

/** Guests that compute on the same machine must not keep the server from answering. What it starts inherits it. */
export function goBeforeGuests(say: (text: string) => void): void {
  try {
    setPriority(priority);
  } catch {
    say('the server may not raise its priority: busy guests on this machine can slow it down');
  }
}
