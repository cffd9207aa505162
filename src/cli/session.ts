import { setTimeout as sleep } from 'node:timers/promises';
import type { EventFrame } from '../api/answers/frame.ts';
import type { Answers, QuestionName, Requests } from '../api/operations.ts';
import { ask, connect, type Connection, ConnectionLost } from '../gateway/protocol/connection.ts';
import { pauseAfter } from '../model/backoff.ts';
import { failureOf } from '../model/failure.ts';
import type { CliWorld } from './world.ts';

/** A gateway that died is started again by its supervisor well within this time. */
const restartPatienceMs = 15_000;
const backoff = { firstMs: 50, mostMs: 1000 };

/** Opens a connection to the gateway; starts the server in the background where none runs, and says so. */
export async function openSession(world: CliWorld, signal?: AbortSignal): Promise<Connection> {
  const begin = performance.now();
  for (let failures = 1; ; failures += 1) {
    signal?.throwIfAborted();
    await startServerWhereNoneRuns(world);
    try {
      return await connect(world.dial, world.user);
    } catch (error) {
      if (performance.now() - begin >= restartPatienceMs || !isRestarting(error)) throw error;
      const pauseMs = pauseAfter(backoff, failures, Math.random());
      await sleep(pauseMs, undefined, signal === undefined ? {} : { signal });
    }
  }
}

async function startServerWhereNoneRuns(world: CliWorld): Promise<void> {
  if (await world.server.running()) return;
  world.stderr.write('the server is not running; starting it in the background\n');
  const { info } = await world.server.start((text) => world.stderr.write(`${text}\n`));
  world.stderr.write(`the server is up (process ${info.pid}); stop it with kvm-compose server stop\n`);
}

/** The server runs and its gateway does not answer: it died a moment ago, or is not ready yet. */
function isRestarting(error: unknown): boolean {
  return error instanceof ConnectionLost || failureOf(error).code === 'no-server';
}

/** Asks the server one thing on a connection of its own; `onEvent` hears what comes before the answer. */
export async function askServer<K extends QuestionName>(
  world: CliWorld,
  name: K,
  asked: Requests[K],
  onEvent?: (frame: EventFrame) => void,
): Promise<Answers[K]> {
  const connection = await openSession(world);
  try {
    return await ask(connection, name, { id: world.newId(), asked }, onEvent);
  } finally {
    connection.close();
  }
}
