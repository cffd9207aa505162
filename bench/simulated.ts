// The engine's own time: `up`, `up` again, `down` and a cancelled `up` of many simulated guests whose hosts take no time.
//   npx tsx bench/simulated.ts [guests] [hosts]
import { type Ended, type Engine, startEngine } from '../test/support/engine.ts';
import { setup, teardown } from '../test/support/temporal-setup.ts';
import type { WorkflowHandle } from '@temporalio/client';

const guests = Number(process.argv[2] ?? 2000);
const hosts = Number(process.argv[3] ?? 50);

async function measure(engine: Engine, name: string, body: () => Promise<WorkflowHandle>): Promise<Ended> {
  const start = performance.now();
  const cpu = process.cpuUsage();
  const handle = await body();
  const end = await engine.ended(handle);
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  const { historyLength, historySize } = await handle.describe();
  const events = (await handle.fetchHistory()).events ?? [];
  const at = (n: number): number =>
    Number(events[n]?.eventTime?.seconds ?? 0) + (events[n]?.eventTime?.nanos ?? 0) / 1e9;
  const planned = events.findIndex((event) => event.activityTaskCompletedEventAttributes);
  console.log(
    [
      name.padEnd(16),
      end.status.padEnd(10),
      `${seconds.toFixed(2)} s`,
      `prepare ${(at(planned) - at(0)).toFixed(2)} s`,
      `cpu ${((user + system) / 1e6).toFixed(2)} s`,
      `${historyLength} events`,
      `${Math.round((historySize ?? 0) / 1024)} KiB`,
      JSON.stringify(end.outcome?.summary),
      end.outcome?.failures[0]?.failure.message ?? '',
    ].join('  '),
  );
  return end;
}

let address = '';
await setup({ provide: (_key: 'temporalAddress', value: string) => (address = value) } as never);
const engine = await startEngine(address, { size: { guests, hosts, scriptEvery: 1 } });
console.log(`${guests} guests on ${hosts} hosts`);
await measure(engine, 'up', () => engine.start('up'));
await measure(engine, 'up again', () => engine.start('up'));
await measure(engine, 'down', () => engine.start('down'));
const fault = engine.world.faults.lay({ kind: 'hold', item: 'run script' });
await measure(engine, 'up, cancelled', async () => {
  const handle = await engine.start('up');
  await fault.struck;
  await engine.cancel(handle);
  return handle;
});
await engine.stop();
await teardown();
