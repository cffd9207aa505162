import type * as z from 'zod';
import type { RunId } from '../client/runs.ts';
import { Failure } from '../model/failure.ts';
import { type Ack, answerFrame, type Behind, type EventFrame, type Result } from './answers/frame.ts';
import { runOutcome, type RunOutcome } from './answers/outcome.ts';
import { joinedRun, type JoinedRun } from './answers/run.ts';
import type { ApiParts, Caller } from './parts.ts';
import { assertShape, type Shape } from './shape.ts';

/** The words of a frame that say which operation it asks for. */
export interface Wire {
  readonly type: string;
  readonly command?: string;
  readonly what?: string;
}

/** An answer, and the run it is about. */
export interface Reply<A> {
  readonly run?: string;
  readonly data: A;
}

/** The answer of a question, on the client's side. */
export type Answer<A> = Reply<A> & { readonly type: 'answer' };

/** Something that is asked and answered; `told` is the frame that carries the answer. */
export interface Question<W extends Wire, R, A> {
  readonly wire: W;
  readonly told: 'ack' | 'result';
  /** The server's side: checks what a client wrote, and answers it. Undefined where the client was cut off. */
  readonly ask: (parts: ApiParts, request: unknown, caller: Caller) => Promise<Reply<A> | undefined>;
  /** The frame that asks. */
  readonly frame: (id: string, request: R) => Asked<W, R>;
  /** The client's side: one frame of what came back, checked. Throws Failure: what was refused, and `bad-answer`. */
  readonly accept: (frame: unknown) => EventFrame | Behind | Ack<undefined> | Answer<A>;
}

/** A run that is begun or joined. */
export interface Begun {
  readonly id: RunId;
  /** Number of the last event the caller has. */
  readonly since: number;
  /** Whether the caller wants its events and its end. */
  readonly follow: boolean;
  readonly data?: JoinedRun;
}

/** Something that starts a run or joins one: acknowledged with the run's name, then followed to its end. */
export interface RunOperation<W extends Wire, R> {
  readonly wire: W;
  readonly begin: (parts: ApiParts, request: unknown, caller: Caller) => Promise<Begun>;
  readonly frame: (id: string, request: R) => Asked<W, R>;
  readonly accept: (frame: unknown) => EventFrame | Behind | Ack<JoinedRun> | Result<RunOutcome>;
}

/** A request as it travels. */
export type Asked<W, R> = W & { readonly id: string } & R;

interface Described<W extends Wire, S extends z.ZodType> {
  readonly wire: W;
  readonly request: S;
}

/** Makes a question of its schemas and its function. */
export function question<const W extends Wire, S extends z.ZodType, A extends z.ZodType>(
  described: Described<W, S> & {
    readonly told: 'ack' | 'result';
    readonly answer: A;
    readonly ask: (parts: ApiParts, request: Shape<S>, caller: Caller) => Promise<Reply<Shape<A>> | undefined>;
  },
): Question<W, Shape<S>, Shape<A>> {
  const { wire, told, request: schema, answer, ask } = described;
  return {
    wire,
    told,
    ask: async (parts, request, caller) => {
      assertShape(schema, request, badFrame);
      return ask(parts, request, caller);
    },
    frame: (id, request) => Object.assign({}, wire, { id }, request),
    accept: (value) => {
      const frame = answerIn(wire, value);
      if (frame.type !== 'ack' && frame.type !== 'result') return frame;
      if (frame.type === 'result' && frame.failure) throw new Failure(frame.failure);
      const { id, data, ...rest } = frame;
      const about = rest.run === undefined ? {} : { run: rest.run };
      if (rest.type !== told) return { type: 'ack', id, ...about };
      assertShape(answer, data, badAnswer(wire));
      return { type: 'answer', ...about, data };
    },
  };
}

const outcome = runOutcome.optional();
const joined = joinedRun.optional();

/** Makes an operation that starts or joins a run of its schema and its function. */
export function runOperation<const W extends Wire, S extends z.ZodType>(
  described: Described<W, S> & {
    readonly begin: (parts: ApiParts, request: Shape<S>, caller: Caller) => Promise<Begun>;
  },
): RunOperation<W, Shape<S>> {
  const { wire, request: schema, begin } = described;
  return {
    wire,
    begin: async (parts, request, caller) => {
      assertShape(schema, request, badFrame);
      return begin(parts, request, caller);
    },
    frame: (id, request) => Object.assign({}, wire, { id }, request),
    accept: (value) => {
      const frame = answerIn(wire, value);
      if (frame.type === 'ack') {
        const { data, ...rest } = frame;
        assertShape(joined, data, badAnswer(wire));
        return { ...rest, ...(data === undefined ? {} : { data }) };
      }
      if (frame.type !== 'result') return frame;
      const { data, ...rest } = frame;
      assertShape(outcome, data, badAnswer(wire));
      return { ...rest, ...(data === undefined ? {} : { data }) };
    },
  };
}

/** One frame of what came back; throws what was refused. */
function answerIn(wire: Wire, value: unknown) {
  assertShape(answerFrame, value, badAnswer(wire));
  if (value.type === 'nack') throw new Failure(value.failure);
  return value;
}

/** What is wrong with a request. */
export function badFrame(message: string): Failure {
  return new Failure({ code: 'bad-frame', class: 'permanent', message });
}

/** The words of a frame as people say them: `command up`, `read plan`. */
export function wordsOf({ type, command, what }: Wire): string {
  return [type, command, what].filter((word) => word !== undefined).join(' ');
}

/** The server answered something this client cannot read. */
export function badAnswer(wire: Wire): (problem: string) => Failure {
  return (problem) => {
    const name = wire.what ?? wire.command ?? wire.type;
    const message = `the server's answer to ${name} is not what this client expects: ${problem}`;
    const hint = 'server and client may be of different versions: kvm-compose server stop, then try again';
    return new Failure({ code: 'bad-answer', class: 'permanent', message, hint });
  };
}
