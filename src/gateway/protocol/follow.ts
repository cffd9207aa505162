import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '../../model/failure.ts';
import { type Answer, type Connection, ConnectionLost, type EventFrame, type Request } from './connection.ts';
import { type ServerFrame, stoppingReason } from './frames.ts';

/** The last frame of a run. */
export type ResultFrame = Extract<ServerFrame, { type: 'result' }>;

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

type Start = Extract<Request, { type: 'command' | 'attach' }>;

/**
 * Starts or attaches to a run and follows it to its end, over as many connections as it takes: after a loss it
 * attaches again since the last number it has, so nothing is missed and nothing comes twice. A command whose answer
 * was lost is asked again under the same id, which starts nothing twice.
 */
export async function follow(start: Start, follower: Follower, persistence: Persistence): Promise<ResultFrame> {
  const known = { run: undefined as string | undefined, seq: start.type === 'attach' ? start.since : 0 };
  let lost = false;
  for (;;) {
    const connection = await reconnect(persistence, lost);
    if (lost) follower.onFoundAgain();
    const request: Start =
      known.run === undefined ? start : { type: 'attach', id: start.id, run: known.run, since: known.seq };
    let result: ResultFrame | undefined;
    try {
      await connection.converse(request, (frame) => {
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

/** One frame; the result when it is the last. */
function take(
  frame: Answer,
  known: { run: string | undefined; seq: number },
  follower: Follower,
): ResultFrame | undefined {
  if (frame.type === 'nack') throw new Failure(frame.failure);
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
