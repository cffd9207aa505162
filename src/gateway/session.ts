import { createHash, timingSafeEqual } from 'node:crypto';
import { followRun } from '../api/follow-run.ts';
import type { ApiParts, Caller } from '../api/parts.ts';
import { nameOf } from '../api/run-names.ts';
import { failureOf } from '../model/failure.ts';
import type { Outbox } from './outbox.ts';
import { type Asking, idOf, jsonIn, parseFrame } from './parse-frame.ts';
import type { ClientFrame } from './protocol/frames.ts';

/** What the gateway translates between. */
export interface GatewayParts extends ApiParts {
  readonly token: string;
  readonly version: string;
  readonly temporalUi?: string;
}

type Hello = Extract<ClientFrame, { type: 'hello' }>;

/** One client. Takes its messages; `end` when it has gone. */
export interface Session {
  take(message: string): void;
  end(): void;
}

/** A session that answers through an outbox; `refuse` cuts a client that does not show the token. */
export function createSession(parts: GatewayParts, outbox: Outbox, refuse: (reason: string) => void): Session {
  const gone = new AbortController();
  let who: string | undefined;
  const greet = (frame: Hello | Asking): void => {
    if (frame.type !== 'hello' || !sameSecret(frame.token, parts.token)) {
      const message = frame.type === 'hello' ? 'the token is wrong' : 'the first frame must be hello';
      const hint = "the token is in the file `token` of the server's home, readable for its owner";
      outbox.send({ type: 'nack', id: '', failure: { code: 'unauthorized', class: 'permanent', message, hint } });
      return refuse('unauthorized');
    }
    who = frame.client;
    const { version: server, temporalUi } = parts;
    outbox.send({ type: 'welcome', protocol: 1, server, ...(temporalUi === undefined ? {} : { temporalUi }) });
  };
  const read = (message: string): Hello | Asking | undefined => {
    let value: unknown;
    try {
      value = jsonIn(message);
      return parseFrame(value);
    } catch (error) {
      outbox.send({ type: 'nack', id: idOf(value), failure: failureOf(error) });
      if (who === undefined) refuse('bad frame');
      return undefined;
    }
  };
  return {
    take: (message) => {
      const frame = read(message);
      if (frame === undefined) return;
      if (who === undefined || frame.type === 'hello') greet(frame);
      else void answer(parts, frame, callerOf(frame.id, who, outbox, gone.signal), outbox);
    },
    end: () => gone.abort(),
  };
}

/** Compares without telling by its duration how much was right. */
function sameSecret(given: string, wanted: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(wanted));
}

function callerOf(id: string, who: string, outbox: Outbox, gone: AbortSignal): Caller {
  return {
    who,
    request: id,
    gone,
    tell: async (run, { source: _source, ...event }) => {
      outbox.send({ ...event, id, run });
      if (await outbox.room()) return true;
      outbox.cut({ type: 'behind', id, run, seq: event.seq });
      return false;
    },
  };
}

/** Hands the request to its operation, and what comes back to the client. */
async function answer(
  parts: GatewayParts,
  { id, operation, request }: Asking,
  caller: Caller,
  outbox: Outbox,
): Promise<void> {
  try {
    if ('ask' in operation) {
      const reply = await operation.ask(parts, request, caller);
      if (reply === undefined) return;
      if (operation.told === 'ack') outbox.send({ type: 'ack', id, ...reply });
      else outbox.send({ type: 'result', id, status: 'completed', ...reply });
      return;
    }
    const { id: begun, since, follow, data } = await operation.begin(parts, request, caller);
    const run = nameOf(begun);
    outbox.send({ type: 'ack', id, run, ...(data === undefined ? {} : { data }) });
    if (!follow) return;
    const end = await followRun(parts, begun, since, caller);
    if (end === undefined) return;
    const { status, outcome, failure } = end;
    outbox.send({
      type: 'result',
      id,
      run,
      status,
      ...(outcome === undefined ? {} : { data: outcome }),
      ...(failure === undefined ? {} : { failure }),
    });
  } catch (error) {
    if (!caller.gone.aborted) outbox.send({ type: 'nack', id, failure: failureOf(error) });
  }
}
