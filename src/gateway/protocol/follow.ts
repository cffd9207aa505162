import { setTimeout as sleep } from 'node:timers/promises';
import type { Ack, Behind, EventFrame, Result } from '../../api/answers/frame.ts';
import type { RunOutcome } from '../../api/answers/outcome.ts';
import type { JoinedRun } from '../../api/answers/run.ts';
import type { Requests, RunName } from '../../api/operations.ts';
import { Failure } from '../../model/failure.ts';
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
  /** Gives up after this long without a connection. */
  readonly patienceMs: number;
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

/**
 * Starts or attaches to a run and follows it to its end, over as many connections as it takes: after a loss it
 * attaches again since the last number it has, so nothing is missed and nothing comes twice. A command whose answer
 * was lost is asked again under the same id, which starts nothing twice.
 */
export async function follow(start: Start, follower: Follower, persistence: Persistence): Promise<ResultFrame> {
  const known: Known = { run: undefined, seq: start.operation === 'attach' ? start.asked.since : 0 };
  let lost = false;
  for (;;) {
    const connection = await reconnect(persistence, lost);
    if (lost) follower.onFoundAgain();
    const { run, seq } = known;
    const again: Start = run === undefined ? start : { operation: 'attach', id: start.id, asked: { run, since: seq } };
    let result: ResultFrame | undefined;
    try {
      await begin(connection, again, (frame) => {
        result = take(frame, known, follower);
        return result === undefined ? 'more' : 'done';
      });
      if (result) return result;
    } catch (error) {
      if (!(error instanceof ConnectionLost)) throw error;
      if (error.reason === stoppingReason) throw stopped(known.run);
      lost = true;
      follower.onLost(error.message);
    } finally {
      connection.close();
    }
  }
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
async function reconnect(persistence: Persistence, lost: boolean): Promise<Connection> {
  let pauseMs = 50;
  for (let waitedMs = 0; ; waitedMs += pauseMs, pauseMs = Math.min(pauseMs * 2, 2000)) {
    try {
      return await persistence.connect();
    } catch (error) {
      if (!lost || waitedMs > persistence.patienceMs) throw error;
      await sleep(pauseMs, undefined, persistence.signal === undefined ? {} : { signal: persistence.signal });
    }
  }
}
