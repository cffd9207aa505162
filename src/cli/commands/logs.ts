import { Option } from '@commander-js/extra-typings';
import type { EventFrame } from '../../api/answers/frame.ts';
import type { Connection } from '../../gateway/protocol/connection.ts';
import { follow } from '../../gateway/protocol/follow.ts';
import { exitCode } from '../../messages/exit-code.ts';
import type { Cli } from '../cli.ts';
import { formatOf } from '../globals.ts';
import { placeOf } from '../project-place.ts';
import { eventLine } from '../render/line.ts';
import { askServer, openSession } from '../session.ts';
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
        await (options.follow ? followLog(world, run, take) : askServer(world, 'events', { run, since: 0 }, take));
        return exitCode.done;
      }),
    );
}

/** Over as many connections as it takes. Ctrl-C ends the watching and nothing else. */
async function followLog(world: CliWorld, run: string, take: (frame: EventFrame) => void): Promise<void> {
  const over = new AbortController();
  const forget = world.onInterrupt(() => over.abort());
  const silent = { onStarted: () => undefined, onLost: () => undefined, onFoundAgain: () => undefined };
  const start = { operation: 'attach', id: world.newId(), asked: { run, since: 0 } } as const;
  const connect = (): Promise<Connection> => openSession(world, over.signal);
  const left = new Promise<void>((resolve) => over.signal.addEventListener('abort', () => resolve(), { once: true }));
  const following = follow(start, { ...silent, onEvent: take }, { connect, patienceMs, signal: over.signal });
  await Promise.race([following, left]).finally(forget);
}
