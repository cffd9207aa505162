import { setTimeout as sleep } from 'node:timers/promises';
import { ask, connect } from '../gateway/protocol/connection.ts';
import { begin, follow, type ResultFrame, type Start } from '../gateway/protocol/follow.ts';
import { exitCode } from '../messages/exit-code.ts';
import { failureOf } from '../model/failure.ts';
import { createPrompt } from './decision-prompt.ts';
import { exitCodeOf } from './exit.ts';
import { formatOf, type Globals } from './globals.ts';
import { duration } from './render/duration.ts';
import { failuresOf, renderOutcome } from './render/outcome.ts';
import { createProgress } from './render/create-progress.ts';
import type { Progress } from './render/progress.ts';
import { openSession } from './session.ts';
import type { CliWorld } from './world.ts';

const patienceMs = 60_000;
const statusCodes = { completed: exitCode.done, failed: exitCode.failed, cancelled: exitCode.cancelled } as const;

/** Starts a run without following it: its name goes to standard output. */
export async function startDetached(world: CliWorld, start: Exclude<Start, { operation: 'attach' }>): Promise<number> {
  const { operation, id, asked } = start;
  const connection = await openSession(world);
  try {
    await begin(connection, { operation, id, asked: { ...asked, follow: false } }, (frame) => {
      if (frame.type === 'ack') world.stdout.write(`${frame.run ?? ''}\n`);
      return 'done';
    });
  } finally {
    connection.close();
  }
  world.stderr.write(`${operation} goes on by itself; watch it with kvm-compose attach ${asked.deployment}\n`);
  return exitCode.done;
}

/**
 * Follows a run to its end and shows it. Ctrl-C asks it to stop; a second one leaves it alone. `done`: what is said of a
 * completed run that is not about hosts.
 */
export async function runToEnd(
  world: CliWorld,
  globals: Globals,
  start: Start,
  name: string,
  done?: string,
): Promise<number> {
  const format = formatOf(globals, ['text', 'json']);
  const first = await openSession(world);
  const begun = world.now();
  const progress = await createProgress(globals, world);
  const over = new AbortController();
  const watch = watchInterrupts(world, progress, over.signal);
  const prompt = createPrompt(world, progress, () => watch.run ?? name);
  let unused: typeof first | undefined = first;
  const following = follow(
    start,
    {
      onStarted: (run) => {
        watch.run = run;
        progress.started(run);
      },
      onEvent: (frame) => {
        progress.event(frame);
        prompt.take(frame);
      },
      onLost: (reason) =>
        progress.note(`${reason}; the run goes on, looking for it again (Ctrl-C twice leaves it alone)`),
      onFoundAgain: () => progress.note('found it again'),
    },
    {
      connect: async () => {
        // Where the whole server died it is started again, so that the run can go on.
        const ready = unused ?? (await openSession(world, over.signal));
        unused = undefined;
        return ready;
      },
      patienceMs,
      signal: over.signal,
    },
  );
  const result = await Promise.race([following, watch.left]).finally(() => {
    over.abort(new Error('the run is no longer watched'));
    prompt.end();
    progress.end();
    watch.stop();
  });
  if (result === 'left') return left(world, watch.run ?? name);
  return finish(world, globals, format, result, renderOutcome(name, result, duration(world.now() - begun), done));
}

function left(world: CliWorld, run: string): number {
  world.stderr.write(`left ${run} alone; it goes on. Watch it with kvm-compose attach ${run}\n`);
  return exitCode.cancelled;
}

async function finish(
  world: CliWorld,
  globals: Globals,
  format: 'text' | 'json',
  result: ResultFrame,
  headline: string,
): Promise<number> {
  const { id: _id, ...shown } = result;
  if (globals.progress === 'json') world.stdout.write(`${JSON.stringify(shown)}\n`);
  else if (format === 'json') world.stdout.write(`${JSON.stringify(shown, undefined, 2)}\n`);
  for (const { about, failure } of failuresOf(result)) {
    const { explainFailure } = await import('./explain.ts');
    world.stderr.write(await explainFailure(world, globals, failure, about));
  }
  if (globals.progress !== 'quiet' || result.status !== 'completed') world.stderr.write(headline);
  // Invalid input is told apart from work that failed, whoever noticed it.
  return result.status === 'failed' && result.failure ? exitCodeOf(result.failure) : statusCodes[result.status];
}

/** What Ctrl-C means while a run is watched. */
interface InterruptWatch {
  run: string | undefined;
  readonly left: Promise<'left'>;
  stop(): void;
}

const secondPressAfterMs = 300;

function watchInterrupts(world: CliWorld, progress: Progress, over: AbortSignal): InterruptWatch {
  let asked: number | undefined;
  let leave: (value: 'left') => void = () => undefined;
  const watch: InterruptWatch = {
    run: undefined,
    left: new Promise<'left'>((resolve) => (leave = resolve)),
    stop: world.onInterrupt(() => {
      // A terminal may deliver one key press twice, to this process and through a wrapper.
      if (asked !== undefined && world.now() - asked >= secondPressAfterMs) return leave('left');
      if (asked !== undefined) return undefined;
      asked = world.now();
      progress.note('asking the run to stop and to roll back what it made; Ctrl-C again leaves it alone');
      void requestCancel(world, () => watch.run, progress, over);
      return undefined;
    }),
  };
  return watch;
}

/** On a connection of its own, because the other may be the one that hangs. Waits until the run has a name. */
async function requestCancel(
  world: CliWorld,
  run: () => string | undefined,
  progress: Progress,
  over: AbortSignal,
): Promise<void> {
  try {
    for (let waitedMs = 0; run() === undefined && waitedMs < patienceMs; waitedMs += 50) {
      await sleep(50, undefined, { signal: over });
    }
    const connection = await connect(world.dial, world.user);
    const asked = { run: run() ?? '', by: world.user, reason: 'Ctrl-C' };
    await ask(connection, 'cancel', { id: world.newId(), asked }).finally(() => connection.close());
  } catch (error) {
    if (over.aborted) return;
    progress.note(`the cancel did not arrive: ${failureOf(error).message}; press Ctrl-C again to leave`);
  }
}
