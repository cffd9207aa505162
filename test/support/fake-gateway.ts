import type { EventFrame } from '../../src/api/answers/frame.ts';
import type { ClientFrame, ServerFrame } from '../../src/gateway/protocol/frames.ts';
import type { Dial, Socket } from '../../src/gateway/protocol/socket.ts';

/** What the other side of a scripted connection may do. */
export interface Peer {
  send(frame: ServerFrame): void;
  /** The connection goes away. */
  drop(reason?: string): void;
}

/** A gateway made of one function: it is given each frame of a client, and may answer. */
export interface FakeGateway {
  readonly dial: Dial;
  /** Every frame clients sent, greetings left out. */
  readonly asked: Exclude<ClientFrame, { type: 'hello' }>[];
  connections: number;
}

/** Greets everybody and leaves the rest to `answer`; `refuse` says which connections cannot be made. */
export function fakeGateway(
  answer: (frame: Exclude<ClientFrame, { type: 'hello' }>, peer: Peer, connection: number) => void,
  refuse: (connection: number) => Error | undefined = () => undefined,
): FakeGateway {
  const gateway: FakeGateway = {
    asked: [],
    connections: 0,
    dial: async () => {
      gateway.connections += 1;
      const connection = gateway.connections;
      const refused = refuse(connection);
      if (refused) throw refused;
      let onText: (text: string) => void = () => undefined;
      let onClose: (reason: string, code: number) => void = () => undefined;
      const peer: Peer = {
        send: (frame) => queueMicrotask(() => onText(JSON.stringify(frame))),
        drop: (reason = '') => queueMicrotask(() => onClose(reason, 1006)),
      };
      const socket: Socket = {
        close: () => undefined,
        onText: (listener) => void (onText = listener),
        onClose: (listener) => void (onClose = listener),
        send: (text) => {
          const frame = JSON.parse(text) as ClientFrame;
          if (frame.type === 'hello') return peer.send({ type: 'welcome', protocol: 1, server: '1.2.3' });
          gateway.asked.push(frame);
          return answer(frame, peer, connection);
        },
      };
      return { socket, token: 'the-token' };
    },
  };
  return gateway;
}

/** An event frame of run `lab/run-1`. */
export function eventFrame(id: string, seq: number, more: Partial<EventFrame> = {}): ServerFrame {
  const at = new Date(Date.UTC(2026, 10, 24, 10, 0, 0, seq * 100)).toISOString();
  return {
    type: 'event',
    id,
    run: 'lab/run-1',
    seq,
    at,
    level: 'info',
    code: 'batch-started',
    text: `event ${seq}`,
    ...more,
  };
}
