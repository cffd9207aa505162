import { setTimeout as sleep } from 'node:timers/promises';
import type { ServerFrame } from './protocol/frames.ts';

/** The part of a `ws` socket an outbox needs. */
export interface Wire {
  readonly bufferedAmount: number;
  send(text: string): void;
  close(code: number, reason: string): void;
  terminate(): void;
}

/** How much may wait for a client, and for how long, before it counts as behind. */
export interface OutboxLimits {
  readonly bytes: number;
  readonly patienceMs: number;
}

/** Sends frames to one client. Reading a run's log waits for the client; a client that stands still is told and cut. */
export interface Outbox {
  send(frame: ServerFrame): void;
  /** Resolves when there is room; false when the client is too far behind. */
  room(): Promise<boolean>;
  /** Tells the client where it stopped, and cuts it. */
  cut(frame: Extract<ServerFrame, { type: 'behind' }>): void;
}

const checkEveryMs = 20;

/** Policy violation, in the numbers of WebSocket. */
const behindCode = 1008;

/** An outbox over a socket. */
export function createOutbox(wire: Wire, limits: OutboxLimits): Outbox {
  const send = (frame: ServerFrame): void => wire.send(JSON.stringify(frame));
  return {
    send,
    room: async () => {
      for (let waitedMs = 0; wire.bufferedAmount > limits.bytes; waitedMs += checkEveryMs) {
        if (waitedMs >= limits.patienceMs) return false;
        await sleep(checkEveryMs);
      }
      return true;
    },
    cut: (frame) => {
      send(frame);
      wire.close(behindCode, 'behind');
      // The closing handshake waits behind everything the client has not read.
      setTimeout(() => wire.terminate(), limits.patienceMs).unref();
    },
  };
}
