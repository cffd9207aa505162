import { exitCode } from '../../messages/exit-code.ts';
import type { Cli } from '../cli.ts';
import { formatOf } from '../globals.ts';
import { duration } from '../render/duration.ts';
import { usage } from '../usage.ts';
import type { CliWorld, ServerInfo } from '../world.ts';

const logNames = ['supervisor', 'temporal', 'worker', 'gateway'] as const;

/** `server start|stop|status|logs`: the server in the background of this machine. */
export function addServer({ program, world, globals, action }: Cli): void {
  const server = program.command('server').description('the server in the background: start, stop, look at it');
  server
    .command('start')
    .description('start it; harmless when it runs')
    .action(action(() => start(world)));
  server
    .command('stop')
    .description('stop it; runs go on at the next start')
    .action(action(() => stop(world)));
  server
    .command('status')
    .description('show its processes and where to find them')
    .action(action(() => status(world, formatOf(globals(), ['table', 'json']))));
  server
    .command('logs')
    .description('show what its processes wrote')
    .argument('[part]', `one of ${logNames.join(', ')}`, 'supervisor')
    .option('-n, --lines <number>', 'how many of the last lines', '50')
    .option('-f, --follow', 'go on with what comes')
    .action(action((part, options) => logs(world, part, options)));
}

async function start(world: CliWorld): Promise<number> {
  const begun = world.now();
  const { info, already } = await world.server.start((text) => world.stderr.write(`${text}\n`));
  const how = already ? 'is running' : `started in ${duration(world.now() - begun)}`;
  world.stderr.write(`the server ${how} (process ${info.pid}, port ${info.port}, Temporal UI ${info.temporal.ui})\n`);
  return exitCode.done;
}

async function stop(world: CliWorld): Promise<number> {
  const stopped = await world.server.stop();
  world.stderr.write(stopped ? 'the server has stopped\n' : 'the server was not running\n');
  return exitCode.done;
}

async function status(world: CliWorld, format: 'table' | 'json'): Promise<number> {
  const info = await world.server.running();
  if (format === 'json') world.stdout.write(`${JSON.stringify(info ?? { state: 'stopped' }, undefined, 2)}\n`);
  else
    world.stdout.write(
      info ? await renderServer(info, world) : `the server is not running (home ${world.server.home})\n`,
    );
  return info ? exitCode.done : exitCode.failed;
}

async function renderServer(info: ServerInfo, world: CliWorld): Promise<string> {
  const { table } = await import('../render/table.ts');
  const rows = Object.entries(info.parts).map(([name, part]) => [
    name,
    String(part.pid),
    String(part.restarts),
    where(name, info),
  ]);
  const up = duration(world.now() - Date.parse(info.startedAt));
  return [
    table(['PROCESS', 'PID', 'RESTARTS', 'WHERE'], [['supervisor', String(info.pid), '-', world.server.home], ...rows]),
    `${info.state}, up ${up}, version ${info.version}\n`,
    `Temporal UI: ${info.temporal.ui}\n`,
  ].join('');
}

function where(name: string, info: ServerInfo): string {
  if (name === 'temporal') return `${info.temporal.address}, server ${info.temporal.version}`;
  return name === 'gateway' ? `ws://127.0.0.1:${info.port}/ws` : '-';
}

async function logs(
  world: CliWorld,
  part: string,
  options: { lines: string; follow?: true | undefined },
): Promise<number> {
  if (!logNames.some((name) => name === part)) throw usage(`${part} has no log; one of ${logNames.join(', ')} has`);
  const lines = Number(options.lines);
  if (!Number.isInteger(lines) || lines < 0) throw usage(`--lines ${options.lines}: it must be a whole number`);
  const stopped = new AbortController();
  const forget = options.follow ? world.onInterrupt(() => stopped.abort()) : () => undefined;
  await world.server.logs(
    part,
    lines,
    options.follow ? stopped.signal : undefined,
    (text) => void world.stdout.write(text),
  );
  forget();
  return exitCode.done;
}
