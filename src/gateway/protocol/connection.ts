import { Failure } from '../../model/failure.ts';
import type { ClientFrame, ServerFrame } from './frames.ts';
import type { Dial } from './socket.ts';

/** What a client asks for on an open connection: everything but the greeting. */
export type Request = Exclude<ClientFrame, { type: 'hello' }>;

/** The frames that answer a request. */
export type Answer = Exclude<ServerFrame, { type: 'welcome' }>;

/** A numbered frame of a run. */
export type EventFrame = Extract<ServerFrame, { type: 'event' | 'log' | 'progress' }>;

/** The connection went away before the answer came; what was asked may have been done. */
export class ConnectionLost extends Error {
  override readonly name = 'ConnectionLost';
  readonly reason: string;

  constructor(reason: string) {
    super(`the gateway closed the connection${reason === '' ? '' : `: ${reason}`}`);
    this.reason = reason;
  }
}

/** A greeted connection to the gateway. Requests may overlap; answers find theirs by id. */
export interface Connection {
  readonly welcome: Extract<ServerFrame, { type: 'welcome' }>;
  /** Sends a request and hands over every frame that answers it, until `done` says so. Rejects with ConnectionLost. */
  converse(request: Request, onFrame: (frame: Answer) => 'more' | 'done'): Promise<void>;
  close(): void;
}

/** Opens a connection and greets. Throws Failure `no-server`, `unauthorized`. */
export async function connect(dial: Dial, client: string): Promise<Connection> {
  const { socket, token } = await dial();
  const open = new Map<string, { take(frame: Answer): void; lose(error: Error): void }>();
  let lost: ConnectionLost | undefined;
  const welcome = await new Promise<Connection['welcome']>((resolve, reject) => {
    socket.onText((text) => {
      const frame = JSON.parse(text) as ServerFrame;
      if (frame.type === 'welcome') resolve(frame);
      else if (frame.type === 'nack' && frame.id === '') reject(new Failure(frame.failure));
      else open.get(frame.id)?.take(frame);
    });
    socket.onClose((reason) => {
      lost = new ConnectionLost(reason);
      reject(lost);
      for (const each of open.values()) each.lose(lost);
    });
    socket.send(JSON.stringify({ type: 'hello', protocol: 1, token, client } satisfies ClientFrame));
  });
  const converse: Connection['converse'] = (request, onFrame) =>
    new Promise<void>((resolve, reject) => {
      if (lost) return reject(lost);
      const take = (frame: Answer): void => {
        try {
          if (onFrame(frame) === 'more') return;
          open.delete(request.id);
          resolve();
        } catch (error) {
          open.delete(request.id);
          reject(error instanceof Error ? error : new Error(String(error)));
        }
      };
      open.set(request.id, { take, lose: reject });
      socket.send(JSON.stringify(request));
    });
  return { welcome, converse, close: () => socket.close() };
}

/** Asks one question; the answer's data. Throws Failure when it is refused. */
export async function ask(connection: Connection, request: Request): Promise<unknown> {
  let data: unknown;
  const isRead = request.type === 'read';
  await connection.converse(request, (frame) => {
    if (frame.type === 'nack') throw new Failure(frame.failure);
    if (frame.type === 'result' && frame.failure) throw new Failure(frame.failure);
    if (frame.type === 'ack' && isRead) return 'more';
    if (frame.type === 'ack' || frame.type === 'result') data = frame.data;
    return frame.type === 'ack' || frame.type === 'result' ? 'done' : 'more';
  });
  return data;
}
