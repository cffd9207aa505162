import { Failure } from '../../model/failure.ts';
import type { ClientFrame, ServerFrame } from './frames.ts';
import { bytesOf, largestMessage, messageTooBig, tooLarge } from './message-size.ts';
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

/** A gateway greets at once; one that is stopped or hangs takes connections and never says a word. */
const greetingMs = 10_000;

/** A request that waits for its answer. */
interface Waiting {
  readonly request: Request;
  take(frame: Answer): void;
  lose(error: Error): void;
}

/** Opens a connection and greets. Throws Failure `no-server`, `unauthorized`, and ConnectionLost. */
export async function connect(dial: Dial, client: string): Promise<Connection> {
  const { socket, token } = await dial();
  const open = new Map<string, Waiting>();
  let lost: ConnectionLost | undefined;
  const greeting = new Promise<Connection['welcome']>((resolve, reject) => {
    const patience = setTimeout(() => reject(new ConnectionLost('it does not greet')), greetingMs);
    const settle = (action: () => void): void => {
      clearTimeout(patience);
      action();
    };
    socket.onText((text) => {
      const frame = JSON.parse(text) as ServerFrame;
      if (frame.type === 'welcome') settle(() => resolve(frame));
      else if (frame.type === 'nack' && frame.id === '') {
        // It could not read whose frame that was, so all that wait may wait in vain.
        const refused = new Failure(frame.failure);
        settle(() => reject(refused));
        for (const each of open.values()) each.lose(refused);
      } else open.get(frame.id)?.take(frame);
    });
    socket.onClose((reason, code) => {
      const gone = new ConnectionLost(reason);
      lost = gone;
      settle(() => reject(gone));
      const guilty = code === messageTooBig ? largestOf([...open.values()]) : undefined;
      for (const each of open.values()) each.lose(each === guilty ? tooLarge(each.request, undefined) : gone);
    });
    socket.send(JSON.stringify({ type: 'hello', protocol: 1, token, client } satisfies ClientFrame));
  });
  const welcome = await greeting.catch((error: unknown) => {
    socket.close();
    throw error;
  });
  const converse: Connection['converse'] = (request, onFrame) =>
    new Promise<void>((resolve, reject) => {
      if (lost) return reject(lost);
      const text = JSON.stringify(request);
      // The gateway could only cut the connection, without a word about which message it was.
      if (bytesOf(text) > largestMessage) return reject(tooLarge(request, largestMessage));
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
      open.set(request.id, { request, take, lose: reject });
      socket.send(text);
    });
  return { welcome, converse, close: () => socket.close() };
}

function largestOf(all: readonly Waiting[]): Waiting | undefined {
  const sizes = new Map(all.map((each) => [each, JSON.stringify(each.request).length]));
  return all.toSorted((a, b) => sizes.get(b)! - sizes.get(a)!)[0];
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
