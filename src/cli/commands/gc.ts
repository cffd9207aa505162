import { exitCode } from '../../messages/exit-code.ts';
import { Failure } from '../../model/failure.ts';
import type { GarbageRemoval, GarbageReport } from '../../model/garbage.ts';
import type { Cli } from '../cli.ts';
import { confirm } from '../confirm.ts';
import { formatOf, type Globals } from '../globals.ts';
import { hostsFileOf } from '../project-place.ts';
import { runToEnd } from '../run-command.ts';
import { askServer } from '../session.ts';
import type { CliWorld } from '../world.ts';

/** `gc`: finds what nobody owns on all hosts, and removes it when told to. */
export function addGc({ program, world, globals, action }: Cli): void {
  program
    .command('gc')
    .description('find what no deployment owns on any host, and what deployments lack; remove the former when told to')
    .option('-y, --yes', 'remove without asking')
    .action(
      action(async ({ yes }) => {
        const decided = globals();
        const format = formatOf(decided, ['table', 'json']);
        const report = await look(world, decided);
        if (format === 'json') world.stdout.write(`${JSON.stringify(report, undefined, 2)}\n`);
        else world.stdout.write((await import('../render/garbage.ts')).renderGarbage(report));
        const silent = report.hosts.some((host) => !host.answered);
        if (report.removals.length === 0) return silent ? exitCode.failed : exitCode.done;
        const wanted = yes ?? (await confirm(world, `remove ${things(report.counts.surplus)} nobody owns?`));
        if (!wanted) {
          world.stderr.write(
            wanted === undefined ? 'remove them with kvm-compose gc --yes\n' : 'nothing was removed\n',
          );
          return exitCode.done;
        }
        return removeAll(world, decided, report.removals);
      }),
    );
}

async function look(world: CliWorld, globals: Globals): Promise<GarbageReport> {
  return askServer(world, 'garbage', hostsFileOf(globals, world));
}

function things(count: number): string {
  return count === 1 ? 'one thing' : `${count} things`;
}

/** One run per deployment, each under that deployment's lock, so that a command which goes on is not disturbed. */
async function removeAll(world: CliWorld, globals: Globals, removals: readonly GarbageRemoval[]): Promise<number> {
  let worst: number = exitCode.done;
  for (const { deployment, hostsFile } of removals) {
    const code = await removeOne(world, globals, deployment, hostsFile);
    if (code === exitCode.cancelled) return code;
    worst = Math.max(worst, code);
  }
  const { counts } = await look(world, globals);
  if (counts.surplus > 0) world.stderr.write(`still there: ${things(counts.surplus)} nobody owns\n`);
  return counts.surplus > 0 ? Math.max(worst, exitCode.failed) : worst;
}

async function removeOne(
  world: CliWorld,
  globals: Globals,
  deployment: string,
  hostsFile: string | undefined,
): Promise<number> {
  const start = {
    operation: 'gc',
    id: world.newId(),
    asked: {
      deployment,
      folder: '/',
      // Nothing is read from it: what nobody owns has no project.
      file: 'kvm-compose.yaml',
      ...(hostsFile === undefined ? {} : { hostsFile }),
      options: {},
      follow: true,
    },
  } as const;
  try {
    return await runToEnd(world, { ...globals, format: undefined }, start, `gc of ${deployment}`);
  } catch (error) {
    if (!(error instanceof Failure) || error.data.code !== 'busy') throw error;
    world.stderr.write(`${error.data.message}; nothing of it was removed\n`);
    return exitCode.busy;
  }
}
