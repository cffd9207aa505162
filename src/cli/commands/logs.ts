import { Option } from '@commander-js/extra-typings';
import { type Connection, type EventFrame } from '../../gateway/protocol/connection.ts';
import { follow } from '../../gateway/protocol/follow.ts';
import { exitCode } from '../../messages/exit-code.ts';
import { Failure } from '../../model/failure.ts';
import type { Cli } from '../cli.ts';
import { formatOf } from '../globals.ts';
import { placeOf } from '../project-place.ts';
import { eventLine } from '../render/line.ts';
import { openSession } from '../session.ts';
import type { CliWorld } from '../world.ts';

const levels = ['debug', 'info', 'warn', 'error'] as const;

/** Until somebody says that the gateway is gone for good. */
const patienceMs = 60_000;

/** `logs`: what a run has said, of one guest or from one loudness on. */
export function addLogs({ program, world, globals, action }: Cli): void {
  program
    .command('logs')
    .description('show what a run said')
    .argument('[run]', 'DEPLOYMENT or DEPLOYMENT/RUN; the project of the working directory without it')
    .option('-f, --follow', 'go on with what comes, until the run ends')
    .option('--guest <name>', 'only what is about this guest')
    .addOption(new Option('--level <level>', 'from this loudness on').choices(levels).default('info' as const))
    .action(
      action(async (given, options) => {
        const decided = globals();
        const format = formatOf(decided, ['text', 'json']);
        const run = given ?? placeOf(decided, world).deployment;
        const loudest = levels.indexOf(options.level);
        let startedAt: number | undefined;
        const take = (frame: EventFrame): void => {
          startedAt ??= Date.parse(frame.at);
          if (options.guest !== undefined && frame.guest !== options.guest) return;
          if (frame.type === 'progress' || levels.indexOf(frame.level) < loudest) return;
          const { id: _id, ...shown } = frame;
          const color = decided.color && world.stdout.isTTY;
          world.stdout.write(`${format === 'json' ? JSON.stringify(shown) : eventLine(frame, startedAt, color)}\n`);
        };
        await (options.follow ? followLog(world, run, take) : printLog(world, run, take));
        return exitCode.done;
      }),
    );
}

async function printLog(world: CliWorld, run: string, take: (frame: EventFrame) => void): Promise<void> {
  const connection = await openSession(world);
  try {
    await connection.converse({ type: 'events', id: world.newId(), run, since: 0 }, (frame) => {
      if (frame.type === 'nack') throw new Failure(frame.failure);
      if (frame.type === 'ack') return 'done';
      if (frame.type !== 'result' && frame.type !== 'behind') take(frame);
      return 'more';
    });
  } finally {
    connection.close();
  }
}

/** Over as many connections as it takes. Ctrl-C ends the watching and nothing else. */
async function followLog(world: CliWorld, run: string, take: (frame: EventFrame) => void): Promise<void> {
  const over = new AbortController();
  const forget = world.onInterrupt(() => over.abort());
  const silent = { onStarted: () => undefined, onLost: () => undefined, onFoundAgain: () => undefined };
  const start = { type: 'attach', id: world.newId(), run, since: 0 } as const;
  const connect = (): Promise<Connection> => openSession(world, over.signal);
  const left = new Promise<void>((resolve) => over.signal.addEventListener('abort', () => resolve(), { once: true }));
  const following = follow(start, { ...silent, onEvent: take }, { connect, patienceMs, signal: over.signal });
  await Promise.race([following, left]).finally(forget);
}
