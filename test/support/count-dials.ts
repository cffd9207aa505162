import { subscribe, unsubscribe } from 'node:diagnostics_channel';

/** Counts every TCP or Unix connection this thread tries to make, whatever library makes it. */
export interface DialCount {
  readonly count: number;
  stop(): void;
}

/** Starts counting. */
export function countDials(): DialCount {
  let count = 0;
  const onSocket = (): void => void (count += 1);
  subscribe('net.client.socket', onSocket);
  return {
    get count() {
      return count;
    },
    stop: () => void unsubscribe('net.client.socket', onSocket),
  };
}
