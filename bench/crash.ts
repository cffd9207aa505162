import { readFileSync } from 'node:fs';
import type { Arena } from '../test/chaos/arena.ts';
import { killOwn, ownMended } from '../test/chaos/own-processes.ts';
import { eventCounter, logOf, runsIn } from '../test/chaos/run-log.ts';
import { simulatedArena } from '../test/chaos/simulated.ts';
import { until } from '../test/chaos/until.ts';
import { withTemporal } from '../test/chaos/truth.ts';
import { createDial } from '../src/bin/parts/dial.ts';
import { namespace, taskQueue } from '../src/client/names.ts';
import { ask, connect } from '../src/gateway/protocol/connection.ts';
import type { RunEvent } from '../src/ports/events.ts';
import { readSettings } from '../src/server/settings.ts';
import { readStatus } from '../src/server/server-file.ts';
import { buildPrograms } from '../test/support/server.ts';

/** A figure with what it must not exceed, in milliseconds. */
interface Figure {
  readonly name: string;
  readonly ms: number;
  readonly target: number;
}

const patienceMs = 60_000;
const killAfter = 20;

/** `npm run bench -- crash`: what a crash or a cancel costs, over simulated hosts; `real` adds real ones. */
export async function benchCrash(real: (() => Promise<Arena>) | undefined): Promise<void> {
  await buildPrograms();
  const figures: Figure[] = [];
  const simulated = await simulatedArena(20);
  await measured(simulated, async () => {
    figures.push(...(await afterKill(simulated, 'worker')), ...(await afterKill(simulated, 'temporal')));
    figures.push(...(await afterCancel(simulated, 'simulated')));
  });
  if (real) {
    const arena = await real();
    await measured(arena, async () => void figures.push(...(await afterCancel(arena, 'real'))));
  }
  console.log(`${''.padEnd(56)}   seconds   target`);
  for (const { name, ms, target } of figures) {
    const verdict = ms <= target ? '' : '   MISSED';
    console.log(`${name.padEnd(56)} ${seconds(ms).padStart(9)} ${seconds(target).padStart(8)}${verdict}`);
  }
}

const seconds = (ms: number): string => (ms / 1000).toFixed(2);

async function measured(arena: Arena, body: () => Promise<void>): Promise<void> {
  try {
    await arena.start('server', 'start').ended;
    await body();
  } finally {
    await arena.start('down', '--purge', '--yes').ended;
    await arena.remove();
  }
}

/** Starts an `up` of everything and waits until it has come so far. */
async function upUntil(arena: Arena, events: number): Promise<{ run: string; ended: Promise<unknown> }> {
  const known = new Set(runsIn(arena.home));
  await arena.write(arena.deck.variants.at(-1)!);
  const { ended } = arena.start('up', '--progress', 'quiet');
  const run = await until('the run has a log', patienceMs, () => runsIn(arena.home).find((each) => !known.has(each)));
  const count = eventCounter(arena.home, run);
  await until(`event ${events}`, patienceMs, () => count() >= events);
  return { run, ended };
}

/** From the moment the next process serves until the run starts something new. */
async function afterKill(arena: Arena, victim: 'worker' | 'temporal'): Promise<Figure[]> {
  const { run, ended } = await upUntil(arena, killAfter);
  const part = () => readStatus(arena.home)?.status.parts[victim];
  // What was under way goes on without Temporal; only a new batch or attempt shows that all works together again.
  const starts = (): number => eventsOf(arena, run).filter(({ code }) => isStart.has(code)).length;
  const before = part()?.identity;
  await killOwn(arena.home, victim);
  const seen = starts();
  const went = until('the run goes on', patienceMs, () => starts() > seen && performance.now());
  const next = await until('it is started again', patienceMs, () => {
    const identity = part()?.identity;
    return identity !== before && identity;
  });
  await (victim === 'worker' ? untilPolling(arena, next) : ownMended(arena.home));
  const up = performance.now();
  const ms = Math.max(0, (await went) - up);
  await ended;
  await ownMended(arena.home);
  await arena.start('down', '--purge', '--yes').ended;
  return [{ name: `${victim} killed: goes on after the new one is up`, ms, target: 2000 }];
}

/** A worker is up when Temporal knows that it asks for work. */
async function untilPolling(arena: Arena, identity: string): Promise<void> {
  await withTemporal(arena.home, (client) =>
    until('the worker asks for work', patienceMs, async () => {
      const queue = { namespace, taskQueue: { name: taskQueue }, taskQueueType: activityQueue };
      const { pollers } = await client.workflowService.describeTaskQueue(queue);
      return (pollers ?? []).some((each) => each.identity === identity);
    }),
  );
}

/** A first attempt, and a later one. */
const isStart = new Set(['batch-started', 'batch-retry']);

const activityQueue = 2;

function eventsOf(arena: Arena, run: string): RunEvent[] {
  const lines = readFileSync(logOf(arena.home, run), 'utf8').split('\n');
  return lines.slice(0, -1).map((line) => JSON.parse(line) as RunEvent);
}

/** Acknowledged: whoever asks is answered. Stopped: rolling back begins, which waits until all remote work is gone. */
async function afterCancel(arena: Arena, where: string): Promise<Figure[]> {
  const { home, deployment } = arena;
  const port = readStatus(home)!.status.port;
  const connection = await connect(createDial({ ...readSettings(process.env), home, port }), 'bench');
  const { run, ended } = await upUntil(arena, killAfter);
  const began = Date.now();
  const request = { run: `${deployment}/${run}`, by: 'bench', reason: 'bench' };
  const asked = await timed(() => ask(connection, 'cancel', { id: 'bench', asked: request }));
  await ended;
  connection.close();
  const events = eventsOf(arena, run);
  const at = (code: string): number => Date.parse(events.find((each) => each.code === code)?.at ?? '');
  return [
    { name: `${where}: cancel acknowledged`, ms: asked, target: 100 },
    { name: `${where}: remote work stopped`, ms: at('undo-started') - began, target: 700 },
    { name: `${where}: all rolled back`, ms: at('run-ended') - at('undo-started'), target: 10_000 },
  ];
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const begin = performance.now();
  await work();
  return performance.now() - begin;
}
