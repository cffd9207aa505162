import { setTimeout as sleep } from 'node:timers/promises';
import type { Ack, Behind, EventFrame, Result } from '../../api/answers/frame.ts';
import type { RunOutcome } from '../../api/answers/outcome.ts';
import type { JoinedRun } from '../../api/answers/run.ts';
import type { Requests, RunName } from '../../api/operations.ts';
import { pauseAfter } from '../../model/backoff.ts';
import { Failure, failureOf } from '../../model/failure.ts';
import { type Connection, ConnectionLost } from './connection.ts';
import { stoppingReason } from './frames.ts';

/** The last frame of a run. */
export type ResultFrame = Result<RunOutcome>;

type Frame = EventFrame | Behind | Ack<JoinedRun> | ResultFrame;

/** Who is told what happens while a run is followed. */
export interface Follower {
  onStarted(run: string): void;
  onEvent(frame: EventFrame): void;
  /** The gateway went away; the run goes on and is looked for again. */
  onLost(reason: string): void;
  onFoundAgain(): void;
}

/** How to come back after the gateway went away. */
export interface Persistence {
  connect(): Promise<Connection>;
  /** Gives up after this long without anything new. */
  readonly patienceMs: number;
  /** Aborted when nobody wants to know any more. */
  readonly signal?: AbortSignal;
}

/** Something that starts a run or joins one. */
export interface StartOf<K extends RunName> {
  readonly operation: K;
  /** The client's own name of the request: asking again under it starts nothing twice. */
  readonly id: string;
  readonly asked: Requests[K];
}

/** Anything that starts a run or joins one. */
export type Start = { readonly [K in RunName]: StartOf<K> }[RunName];

/** Asks once, over one connection, and hands over what comes back. */
export async function begin<K extends RunName>(
  connection: Connection,
  { operation, id, asked }: StartOf<K>,
  onFrame: (frame: Frame) => 'more' | 'done',
): Promise<void> {
  const { runOperations } = await import('../../api/operations.ts');
  const { frame, accept } = runOperations[operation];
  await connection.converse(frame(id, asked), accept, onFrame);
}

const backoff = { firstMs: 50, mostMs: 2000 };
/** A connection that held this long was a good one, although a quiet run told nothing: its loss is a new story. */
const steadyMs = 10_000;

/** Connections that were lost, or could not be made, since the last one that brought something new. */
interface Losses {
  count: number;
  since: number;
}

/** What is known of the run so far. */
interface Known {
  run: string | undefined;
  seq: number;
}

/**
 * Starts or attaches to a run and follows it to its end, over as many connections as it takes: after a loss it
 * attaches again since the last number it has, so nothing is missed and nothing comes twice. A command whose answer
 * was lost is asked again under the same id, which starts nothing twice. Every loss is followed by a pause, and losses
 * that bring nothing new have an end.
 */
export async function follow(start: Start, follower: Follower, persistence: Persistence): Promise<ResultFrame> {
  const known: Known = { run: undefined, seq: start.operation === 'attach' ? start.asked.since : 0 };
  const losses: Losses = { count: 0, since: 0 };
  const told = tellingOnce(follower);
  for (;;) {
    const connection = await reconnect(persistence, losses, known);
    const [openedAt, before] = [performance.now(), { ...known }];
    try {
      const result = await listen(connection, requestOf(start, known), known, told, persistence.signal);
      if (result) return result;
    } catch (error) {
      persistence.signal?.throwIfAborted();
      if (!(error instanceof ConnectionLost)) throw error;
      if (error.reason === stoppingReason) throw stopped(known.run);
      const isNew = known.seq > before.seq || known.run !== before.run || performance.now() - openedAt > steadyMs;
      if (isNew || losses.count === 0) Object.assign(losses, { count: 0, since: performance.now() });
      losses.count += 1;
      if (performance.now() - losses.since > persistence.patienceMs) throw givenUp(known.run, error);
      told.onLost(error.message);
    } finally {
      connection.close();
    }
  }
}

function requestOf(start: Start, { run, seq }: Known): Start {
  return run === undefined ? start : { operation: 'attach', id: start.id, asked: { run, since: seq } };
}

/** Takes what one connection brings; the result when it came over it. */
async function listen(
  connection: Connection,
  request: Start,
  known: Known,
  follower: Follower,
  signal: AbortSignal | undefined,
): Promise<ResultFrame | undefined> {
  const leave = (): void => connection.close();
  signal?.addEventListener('abort', leave, { once: true });
  let result: ResultFrame | undefined;
  try {
    await begin(connection, request, (frame) => {
      follower.onFoundAgain();
      result = take(frame, known, follower);
      return result === undefined ? 'more' : 'done';
    });
  } finally {
    signal?.removeEventListener('abort', leave);
  }
  return result;
}

/** Tells of a loss once, however many tries fail, and that the run was found again when it is heard of again. */
function tellingOnce(follower: Follower): Follower {
  let isLost = false;
  return {
    onStarted: (run) => follower.onStarted(run),
    onEvent: (frame) => follower.onEvent(frame),
    onLost: (reason) => {
      if (!isLost) follower.onLost(reason);
      isLost = true;
    },
    onFoundAgain: () => {
      if (isLost) follower.onFoundAgain();
      isLost = false;
    },
  };
}

/** Somebody stopped the server on purpose: it is not for a watcher to start it again. */
function stopped(run: string | undefined): Failure {
  const message = 'the server was stopped; the run goes on when it is started again';
  const hint = `kvm-compose server start${run === undefined ? '' : `, then kvm-compose attach ${run}`}`;
  return new Failure({ code: 'no-server', class: 'transient', message, hint });
}

/** What a client knows of the run it follows. */
interface Known {
  run: string | undefined;
  seq: number;
}

/** One frame; the result when it is the last. */
function take(frame: Frame, known: Known, follower: Follower): ResultFrame | undefined {
  if (frame.type === 'result') return frame;
  if (frame.type === 'behind') throw new ConnectionLost('this client was too slow');
  if (frame.type === 'ack') {
    if (frame.run !== undefined && known.run === undefined) {
      known.run = frame.run;
      follower.onStarted(frame.run);
    }
  } else if (frame.seq > known.seq) {
    known.seq = frame.seq;
    follower.onEvent(frame);
  }
  return undefined;
}

/** The first connection is tried once; a lost one is looked for with growing pauses. */
async function reconnect(persistence: Persistence, losses: Losses, known: Known): Promise<Connection> {
  const { patienceMs, signal } = persistence;
  for (;;) {
    if (losses.count > 0) {
      const pauseMs = pauseAfter(backoff, losses.count, Math.random());
      await sleep(pauseMs, undefined, signal === undefined ? {} : { signal });
    }
    try {
      return await persistence.connect();
    } catch (error) {
      if (losses.count === 0 || isFinal(error)) throw error;
      if (performance.now() - losses.since > patienceMs) throw givenUp(known.run, error);
      losses.count += 1;
    }
  }
}

/** Trying again cannot help, unless it is the server that is not there yet. */
function isFinal(error: unknown): boolean {
  const { class: kind, code } = failureOf(error);
  return kind === 'permanent' && code !== 'no-server';
}

/** The run is durable, so it is the watching that ends. */
function givenUp(run: string | undefined, cause: unknown): Failure {
  const message = `the gateway does not come back: ${failureOf(cause).message}`;
  const hint =
    run === undefined
      ? 'see kvm-compose server status; kvm-compose runs says whether the run was started'
      : `the run goes on; see kvm-compose server status, then kvm-compose attach ${run}`;
  return new Failure({ code: 'no-server', class: 'transient', message, hint }, { cause });
}
