import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';

import { Failure } from '../../model/failure.ts';
import type { Execution, ExecutionResult } from '../../ports/runner.ts';
import { type Frame, Lines } from './frame.ts';
import type { Worker } from './worker.ts';
import type { Workers } from './workers.ts';

/** How long a stop may take before the caller is let go all the same; the next execution of the key takes over. */
const stopMilliseconds = 15_000;

/** Runs one execution: one round trip, the exit code only from a whole frame. */
export async function execute(workers: Workers, execution: Execution): Promise<ExecutionResult> {
  const { signal } = execution;
  signal?.throwIfAborted();
  const key = createHash('sha256').update(execution.key).digest('hex').slice(0, 24);
  const token = randomBytes(8).toString('hex');
  const worker = await workers.take(signal ? { signal } : {});
  const stopping = signal ? stopOnAbort(workers, worker, signal, key, token) : undefined;
  const output = new Output(execution.onLine);
  const data = execution.data instanceof Readable ? execution.data : undefined;
  const frame = await worker.ask(token, requestOf(execution, key, token), data, (chunk) => output.push(chunk));
  // A stop that came too late ends this worker, so nobody else may have it before that.
  await stopping?.settled();
  workers.give(worker);
  if (signal?.aborted && frame?.state !== 'exit') throw signal.reason;
  if (!frame) throw lost(workers.host, worker.why);
  return resultOf(workers.host, frame, output.end(), execution);
}

function requestOf(execution: Execution, key: string, token: string): Buffer[] {
  const script = Buffer.from(execution.script);
  const { data } = execution;
  if (data instanceof Readable) return [Buffer.from(`run ${key} ${token} ${script.length} -\n`), script];
  const head = Buffer.from(`run ${key} ${token} ${script.length} ${data?.length ?? 0}\n`);
  return [head, script, ...(data ? [data] : []), Buffer.from(`${token}\n`)];
}

/** Stops the execution on the host as soon as the signal is aborted, before anybody is told. */
function stopOnAbort(
  workers: Workers,
  worker: Worker,
  signal: AbortSignal,
  key: string,
  token: string,
): { settled(): Promise<void> } {
  let stopping: Promise<void> | undefined;
  const onAbort = (): void => {
    stopping = stop(workers, key, token).finally(() => worker.end());
  };
  if (signal.aborted) onAbort();
  else signal.addEventListener('abort', onAbort, { once: true });
  return {
    settled: async () => {
      signal.removeEventListener('abort', onAbort);
      await stopping;
    },
  };
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

  constructor(onLine: ((line: string) => void) | undefined) {
    this.#lines = onLine ? new Lines(onLine) : undefined;
  }

  push(chunk: Buffer): void {
    if (this.#lines) this.#lines.push(chunk);
    else this.#kept.push(chunk);
  }

  end(): string {
    this.#lines?.end();
    return Buffer.concat(this.#kept).toString('utf8');
  }
}
