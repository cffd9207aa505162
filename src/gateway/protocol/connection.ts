import type { EventFrame, Welcome } from '../../api/answers/frame.ts';
import type { Answer } from '../../api/operation.ts';
import type { Answers, QuestionName, Requests } from '../../api/operations.ts';
import type { ClientFrame } from './frames.ts';
import { bytesOf, largestMessage, messageTooBig, tooLarge } from './message-size.ts';
import type { Dial } from './socket.ts';

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
  readonly welcome: Welcome;
  /**
   * Sends a request, checks every frame that answers it (`accept`) and hands it over, until `done` says so. Rejects
   * with ConnectionLost, and with what `accept` and `onFrame` throw.
   */
  converse<F>(
    request: { readonly id: string },
    accept: (frame: unknown) => F,
    onFrame: (frame: F) => 'more' | 'done',
  ): Promise<void>;
  close(): void;
}

/** A gateway greets at once; one that is stopped or hangs takes connections and never says a word. */
const greetingMs = 10_000;

/** A request that waits for its answer. */
interface Waiting {
  readonly request: { readonly id: string };
  take(frame: unknown): void;
  lose(error: Error): void;
}

/** Opens a connection and greets. Throws Failure `no-server`, `unauthorized`, and ConnectionLost. */
export async function connect(dial: Dial, client: string): Promise<Connection> {
  // What checks frames takes a moment to load, so that only commands that talk to a server pay for it.
  const { welcomeIn } = await import('./greeting.ts');
  const { socket, token } = await dial();
  const open = new Map<string, Waiting>();
  let lost: Error | undefined;
  const greeting = new Promise<Connection['welcome']>((resolve, reject) => {
    const patience = setTimeout(() => reject(new ConnectionLost('it does not greet')), greetingMs);
    const settle = (action: () => void): void => {
      clearTimeout(patience);
      action();
    };
    socket.onText((text) => {
      const frame = parsed(text);
      const id = idOf(frame);
      if (id !== '') return open.get(id)?.take(frame);
      try {
        const welcomed = welcomeIn(frame);
        settle(() => resolve(welcomed));
      } catch (error) {
        // After the greeting it could not read whose frame that was, so all that wait may wait in vain.
        settle(() => reject(errorOf(error)));
        for (const each of open.values()) each.lose(errorOf(error));
      }
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
  const converse: Connection['converse'] = (request, accept, onFrame) =>
    new Promise<void>((resolve, reject) => {
      if (lost) return reject(lost);
      const text = JSON.stringify(request);
      // The gateway could only cut the connection, without a word about which message it was.
      if (bytesOf(text) > largestMessage) return reject(tooLarge(request, largestMessage));
      const take = (frame: unknown): void => {
        try {
          if (onFrame(accept(frame)) === 'more') return;
          open.delete(request.id);
          resolve();
        } catch (error) {
          open.delete(request.id);
          reject(errorOf(error));
        }
      };
      open.set(request.id, { request, take, lose: reject });
      socket.send(text);
    });
  return { welcome, converse, close: () => socket.close() };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function idOf(frame: unknown): string {
  return typeof frame === 'object' && frame !== null && 'id' in frame && typeof frame.id === 'string' ? frame.id : '';
}

function errorOf(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}

function largestOf(all: readonly Waiting[]): Waiting | undefined {
  const sizes = new Map(all.map((each) => [each, JSON.stringify(each.request).length]));
  return all.toSorted((a, b) => sizes.get(b)! - sizes.get(a)!)[0];
}

/** Asks one question; its answer. Throws Failure when it is refused, and `bad-answer`. */
export async function ask<K extends QuestionName>(
  connection: Connection,
  name: K,
  request: { readonly id: string; readonly asked: Requests[K] },
  onEvent: (frame: EventFrame) => void = () => undefined,
): Promise<Answers[K]> {
  const { questions } = await import('../../api/operations.ts');
  const question = questions[name];
  let answer: Answer<Answers[K]> | undefined;
  await connection.converse(question.frame(request.id, request.asked), question.accept, (frame) => {
    if (frame.type === 'answer') answer = frame;
    else if (frame.type !== 'ack' && frame.type !== 'behind') onEvent(frame);
    return answer === undefined ? 'more' : 'done';
  });
  return answer!.data;
}
