import { spawnSync } from 'node:child_process';
import type { WorkflowHandle } from '@temporalio/client';
import { workerFlags } from '../src/server/worker-flags.ts';
import { type Engine, startEngine } from '../test/support/engine.ts';
import { buildPrograms, testServer } from '../test/support/server.ts';
import type { RunOutcome } from '../src/workflows/contract.ts';
import { setup, teardown } from '../test/support/temporal-setup.ts';
import { against, median } from './measure.ts';

/** A large laboratory, in seconds, and a command that finds nothing to do. */
const targets = { engine: 4.5, nothing: 0.4 } as const;
const guestsOfNothing = 100;

/** `npm run bench -- simulated`: the engine's own time, with hosts that take none. */
export async function benchSimulated(guests: number, hosts: number): Promise<void> {
  // The engine runs in this process, so it is started as the server starts its worker.
  if (!workerFlags.every((flag) => process.execArgv.includes(flag))) {
    const { status } = spawnSync(process.execPath, [...workerFlags, ...process.execArgv, ...process.argv.slice(1)], {
      stdio: 'inherit',
    });
    process.exitCode = status ?? 1;
    return;
  }
  await benchEngine(guests, hosts);
  await benchNothing();
}

const columns = ['', 'seconds', 'prepare', 'stages', 'record', 'cpu', 'events', 'KiB', 'items', 'target', ''] as const;

function row(name: string, ...cells: readonly (number | string)[]): void {
  const shown = cells.map((cell) => (typeof cell === 'number' && !Number.isInteger(cell) ? cell.toFixed(2) : cell));
  console.log(`${name.padEnd(20)}${shown.map((cell) => String(cell).padStart(8)).join(' ')}`);
}

async function benchEngine(guests: number, hosts: number): Promise<void> {
  let address = '';
  await setup({ provide: (_key: 'temporalAddress', value: string) => (address = value) } as never);
  const engine = await startEngine(address, { size: { guests, hosts, scriptEvery: 1 } });
  try {
    console.log(`${guests} simulated guests on ${hosts} hosts, a real Temporal server, cold`);
    row(...columns);
    await measure(engine, 'up', targets.engine, () => engine.start('up'));
    await measure(engine, 'up, nothing to do', targets.engine, () => engine.start('up'));
    await measure(engine, 'down', targets.engine, () => engine.start('down', { purge: true }));
    const fault = engine.world.faults.lay({ kind: 'hold', item: 'run script' });
    await measure(engine, 'up, then cancelled', undefined, async () => {
      const handle = await engine.start('up');
      await fault.struck;
      await engine.cancel(handle);
      return handle;
    });
  } finally {
    await engine.stop();
    await teardown();
  }
}

async function measure(
  engine: Engine,
  name: string,
  target: number | undefined,
  body: () => Promise<WorkflowHandle>,
): Promise<void> {
  const start = performance.now();
  const cpu = process.cpuUsage();
  const handle = await body();
  const { outcome } = await engine.ended(handle);
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  const { historyLength, historySize = 0 } = await handle.describe();
  const phases = await phasesOf(handle);
  const items = itemsOf(outcome?.summary);
  const verdict = target === undefined ? [] : against(seconds, target);
  const size = Math.round(historySize / 1024);
  row(name, seconds, ...phases, (user + system) / 1e6, historyLength, size, items, ...verdict);
  if (outcome === undefined || outcome.failures.length > 0) throw new Error(`${name}: ${JSON.stringify(outcome)}`);
}

/** Seconds until everything was decided, until everything was done, and until it was written down. */
async function phasesOf(handle: WorkflowHandle): Promise<readonly number[]> {
  const events = (await handle.fetchHistory()).events ?? [];
  const at = (n: number): number => {
    const { seconds, nanos } = events[n]?.eventTime ?? {};
    return Number(seconds ?? 0) + (nanos ?? 0) / 1e9;
  };
  const prepared = events.findIndex((event) => event.activityTaskCompletedEventAttributes);
  const recording = events.findLastIndex(
    (event) => event.activityTaskScheduledEventAttributes?.activityType?.name === 'record',
  );
  const moments = [0, prepared, recording, events.length - 1].map(at);
  return moments.slice(1).map((moment, n) => Math.max(0.001, moment - moments[n]!));
}

/** The whole of a command that finds nothing to do: its process, gateway, worker and Temporal. */
async function benchNothing(): Promise<void> {
  await buildPrograms();
  const server = await testServer(guestsOfNothing, 0);
  const up = async (): Promise<number> => {
    const start = performance.now();
    const { code, stderr } = await server.run('up');
    if (code !== 0) throw new Error(stderr);
    return (performance.now() - start) / 1000;
  };
  try {
    await server.run('server', 'start');
    await up();
    const times: number[] = [];
    for (let n = 0; n < 5; n += 1) times.push(await up());
    console.log(`\n${guestsOfNothing} simulated guests, the command line against a server`);
    row('', 'seconds', 'target', '');
    row('up, nothing to do', median(times), ...against(median(times), targets.nothing));
  } finally {
    await server.remove();
  }
}

function itemsOf(summary: RunOutcome['summary'] | undefined): number {
  const { create = 0, change = 0, delete: gone = 0, run = 0 } = summary ?? {};
  return create + change + gone + run;
}
