import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';

import { Failure } from '../../model/failure.ts';
import type { Execution, ExecutionResult } from '../../ports/runner.ts';
import { type Frame, Lines } from './frame.ts';
import { lookAt } from './look.ts';
import { requestOf } from './request.ts';
import { hungFailure, type SilenceLimits, silenceLimits, type SilenceWatch, watchSilence } from './silence.ts';
import type { Workers } from './workers.ts';

/** How long a stop may take before the caller is let go all the same; the next execution of the key takes over. */
const stopMilliseconds = 15_000;

/** What is kept of the output when the caller names no other limit: far above what the carriers' scripts print. */
const usuallyKept = 16 * 2 ** 20;

/** Runs one execution: one round trip, the exit code only from a whole frame. */
export async function execute(
  workers: Workers,
  execution: Execution,
  limits: SilenceLimits = silenceLimits,
): Promise<ExecutionResult> {
  const { signal } = execution;
  signal?.throwIfAborted();
  const key = createHash('sha256').update(execution.key).digest('hex').slice(0, 24);
  const token = randomBytes(8).toString('hex');
  const worker = await workers.take(signal ? { signal } : {});
  const ending = new Ending(() => stop(workers, key, token).finally(() => worker.end()));
  const onAbort = (): void => ending.begin(signal?.reason);
  if (signal?.aborted) onAbort();
  else signal?.addEventListener('abort', onAbort, { once: true });
  const silence = silenceOf(workers, execution.limit, limits, key, token, ending);
  const most = execution.mostOutput ?? usuallyKept;
  const output = new Output(execution.onLine, most, () => ending.begin(tooLong(workers.host, execution.key, most)));
  const data = execution.data instanceof Readable ? execution.data : undefined;
  const request = requestOf(execution.script, execution.data, key, token);
  const frame = await worker.ask(token, request, data, (chunk) => {
    silence?.moved();
    output.push(chunk);
  });
  silence?.end();
  signal?.removeEventListener('abort', onAbort);
  // A stop that came too late ends this worker, so nobody else may have it before that.
  await ending.settled();
  workers.give(worker);
  if (ending.begun && frame?.state !== 'exit') throw ending.reason;
  if (output.isFull) throw tooLong(workers.host, execution.key, most);
  if (!frame) throw lost(workers.host, worker.why);
  return resultOf(workers.host, frame, output.end(), execution);
}

/** Stops the execution on the host as soon as there is a reason to, before anybody is told. */
class Ending {
  readonly #work: () => Promise<void>;
  #stopping: Promise<void> | undefined;
  reason: unknown;

  /** `work`: how it is stopped. */
  constructor(work: () => Promise<void>) {
    this.#work = work;
  }

  get begun(): boolean {
    return this.#stopping !== undefined;
  }

  /** The first reason counts. */
  begin(reason: unknown): void {
    if (this.#stopping) return;
    this.reason = reason;
    this.#stopping = this.#work();
  }

  async settled(): Promise<void> {
    await this.#stopping;
  }
}

/** Beats by timer go on whatever a command does: that it hangs is noticed here. */
function silenceOf(
  workers: Workers,
  limit: Execution['limit'],
  limits: SilenceLimits,
  key: string,
  token: string,
  ending: Ending,
): SilenceWatch | undefined {
  const seconds = limits[limit];
  if (seconds === undefined) return undefined;
  return watchSilence({
    seconds,
    countsBytes: limit === 'files',
    look: () => lookAt(workers, key, token),
    hung: (look) => ending.begin(hungFailure(workers.host, seconds, look)),
  });
}

async function stop(workers: Workers, key: string, token: string): Promise<void> {
  const giveUp = AbortSignal.timeout(stopMilliseconds);
  try {
    const worker = await workers.take({ urgent: true, signal: giveUp });
    const onGiveUp = (): void => worker.end();
    giveUp.addEventListener('abort', onGiveUp, { once: true });
    await worker.ask(token, [Buffer.from(`stop ${key} ${token}\n`)], undefined, () => {});
    giveUp.removeEventListener('abort', onGiveUp);
  } catch {
    // The host does not answer: whoever comes next under this key takes over before it does anything.
  }
}

function tooLong(host: string, key: string, most: number): Failure {
  const limit = most < 2 ** 20 ? `${most} bytes` : `${Math.floor(most / 2 ** 20)} MiB`;
  return new Failure({
    code: 'output-too-long',
    class: 'permanent',
    message: `the command ${key} on ${host} printed more than ${limit} and was stopped`,
    object: key,
    host,
    hint: 'look on the host at what it prints so much of',
  });
}

function lost(host: string, why: string | undefined): Failure {
  const message = `the connection to ${host} broke while work was running${why === undefined ? '' : `: ${why}`}`;
  return new Failure({ code: 'host-unreachable', class: 'host', message, host });
}

function resultOf(host: string, frame: Frame, stdout: string, execution: Execution): ExecutionResult {
  if (frame.state === 'exit') return { code: frame.code, stdout, stderr: frame.stderr };
  const messages: Record<Exclude<Frame['state'], 'exit'>, string> = {
    stop: 'the work was stopped by somebody else',
    absent: 'the work was stopped by somebody else',
    taken: 'a newer attempt took this work over',
    stuck: 'the earlier attempt of this work cannot be killed',
    cut: `the work was killed before it began: ${frame.stderr.trim()}`,
  };
  const { state } = frame;
  throw new Failure({
    code: 'command-failed',
    class: 'transient',
    message: messages[state],
    object: execution.key,
    host,
  });
}

/** What the script prints: line by line to whoever wants it so, or kept. */
class Output {
  readonly #lines: Lines | undefined;
  readonly #kept: Buffer[] = [];
  readonly #most: number;
  readonly #onTooMuch: () => void;
  #bytes = 0;
  /** More came than is kept. */
  isFull = false;

  constructor(onLine: ((line: string) => void) | undefined, most: number, onTooMuch: () => void) {
    this.#lines = onLine ? new Lines(onLine) : undefined;
    this.#most = most;
    this.#onTooMuch = onTooMuch;
  }

  push(chunk: Buffer): void {
    // What still comes until it has been stopped is read, so that nothing is stuck, and forgotten.
    if (this.isFull) return;
    if (this.#lines) this.#lines.push(chunk);
    else this.#kept.push(chunk);
    this.#bytes += chunk.length;
    if ((this.#lines?.held ?? this.#bytes) <= this.#most) return;
    this.isFull = true;
    this.#kept.length = 0;
    this.#lines?.drop();
    this.#onTooMuch();
  }

  end(): string {
    this.#lines?.end();
    return Buffer.concat(this.#kept).toString('utf8');
  }
}
