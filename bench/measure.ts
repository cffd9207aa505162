import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { RunEvent } from '../src/ports/events.ts';
import type { Laboratory } from './laboratory.ts';

const root = resolve(import.meta.dirname, '..');

/** One side's figures of one round, in milliseconds. Phases are whatever that side can tell apart. */
export interface Round {
  readonly running: number;
  readonly ready: number;
  /** Until half of the guests were ready. */
  readonly median: number;
  readonly down: number;
  readonly phases: Readonly<Record<string, number>>;
}

/** Runs a program to its end and gives what it printed; a failure ends the benchmark with its own words. */
export function run(
  argv: readonly [string, ...string[]],
  options: { cwd: string; env?: NodeJS.ProcessEnv },
): Promise<{ stdout: string; ms: number }> {
  const start = performance.now();
  const [program, ...args] = argv;
  const child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (data: Buffer) => (stdout += data.toString()));
  child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
  return new Promise((done, fail) => {
    child.on('error', fail);
    child.on('close', (code) => {
      if (code === 0) done({ stdout, ms: performance.now() - start });
      else fail(new Error(`${argv.join(' ')} ended with ${code}:\n${(stderr + stdout).slice(-3000)}`));
    });
  });
}

/** The shell script's round: it prints its phases itself. */
export async function scriptRound(laboratory: Laboratory): Promise<Round> {
  const script = (verb: string) =>
    run(['bash', join(root, 'bench/script.sh'), verb, laboratory.script], { cwd: laboratory.script });
  const up = JSON.parse((await script('up')).stdout) as Record<string, number>;
  const down = JSON.parse((await script('down')).stdout) as { down: number };
  const { running = 0, ready = 0, median: half = 0, ...phases } = up;
  return { running, ready, median: half, down: down.down, phases };
}

/** What the product's round tells besides. */
export interface ProductRound extends Round {
  /** The second `up`, which finds nothing to do. */
  readonly again: number;
  /** Until every domain ran: what was spent outside of work on files and domains. */
  readonly own: number;
}

/** The product's round: wall times of its commands, and the moments its event log tells of. */
export async function productRound(
  laboratory: Laboratory,
  env: NodeJS.ProcessEnv,
  atOnce?: string,
): Promise<ProductRound> {
  const command = (...words: string[]) => run([join(root, 'kvm-compose'), ...words], { cwd: laboratory.project, env });
  const before = Date.now();
  const up = await command(
    'up',
    '--hosts',
    'hosts.yaml',
    ...(atOnce === undefined ? [] : ['--boot-parallelism', atOnce]),
  );
  const events = eventsSince(env['KVM_COMPOSE_HOME']!, before);
  const since = (event: RunEvent | undefined) => (event ? Date.parse(event.at) - before : 0);
  const ended = (transport: string) =>
    since(events.findLast(({ code, data }) => code === 'batch-done' && String(data?.['batch']).startsWith(transport)));
  const phases = {
    started: since(events.find(({ code }) => code === 'run-started')),
    planned: since(events.find(({ code }) => code === 'run-planned')),
    network: ended('ovn'),
    files: ended('files'),
    domains: ended('libvirt'),
    guests: ended('guest'),
  };
  const guests = events.filter(({ code }) => code === 'guest-ready').map(since);
  const again = await command('up', '--hosts', 'hosts.yaml');
  const down = await command('down', '--purge', '--yes', '--hosts', 'hosts.yaml');
  const own = phases.domains - timeOnHosts(events, before);
  return { running: phases.domains, ready: up.ms, median: median(guests), down: down.ms, again: again.ms, own, phases };
}

const ends: readonly string[] = ['batch-done', 'batch-failed'];

/** How long any batch of files or domains was under way: there virsh, qemu-img and transfers work, not we. */
function timeOnHosts(events: readonly RunEvent[], since: number): number {
  const underWay = new Set<unknown>();
  let total = 0;
  let from = 0;
  for (const { code, at, data } of events) {
    const batch = String(data?.['batch']);
    if (!/^(files|libvirt)\./.test(batch)) continue;
    const wasIdle = underWay.size === 0;
    if (code === 'batch-started') underWay.add(batch);
    else if (ends.includes(code)) underWay.delete(batch);
    const moment = Date.parse(at) - since;
    if (wasIdle && underWay.size > 0) from = moment;
    else if (!wasIdle && underWay.size === 0) total += moment - from;
  }
  return total;
}

/** Events of the runs that began after a moment, in order. */
function eventsSince(home: string, moment: number): RunEvent[] {
  const folder = join(home, 'events');
  return readdirSync(folder)
    .filter((name) => name.endsWith('.jsonl'))
    .flatMap((name) => readFileSync(join(folder, name), 'utf8').trim().split('\n'))
    .map((line) => JSON.parse(line) as RunEvent)
    .filter(({ at }) => Date.parse(at) >= moment)
    .sort((a, b) => (a.at < b.at ? -1 : 1));
}

/** A target, and whether it was missed: the last cells of a row. */
export function against(value: number, target: number): readonly [string, string] {
  return [target.toFixed(2), value > target ? 'MISSED' : ''];
}

/** The middle value. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
