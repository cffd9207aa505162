import { Socket } from 'node:net';

/** Counts every connection this process tries to make, whatever library makes it. */
export interface DialCount {
  readonly count: number;
  stop(): void;
}

/** Starts counting. */
export function countDials(): DialCount {
  let count = 0;
  // oxlint-disable-next-line typescript/unbound-method -- it is applied to the socket it was called on
  const { connect } = Socket.prototype;
  Socket.prototype.connect = function counted(this: Socket, ...args: unknown[]): Socket {
    count += 1;
    return (connect as (...all: unknown[]) => Socket).apply(this, args);
  };
  return {
    get count() {
      return count;
    },
    stop: () => void (Socket.prototype.connect = connect),
  };
}
