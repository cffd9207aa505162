import { resolve } from 'node:path';
import { Option } from '@commander-js/extra-typings';
import { exitCode } from '../../messages/exit-code.ts';
import type { Cli } from '../cli.ts';
import { bootParallelismOf } from '../boot-parallelism.ts';
import { placeOf, type ProjectPlace } from '../project-place.ts';
import { runToEnd, startDetached } from '../run-command.ts';
import { secondsOf } from '../seconds.ts';
import { usage } from '../usage.ts';
import type { CliWorld } from '../world.ts';

/** `up`: makes the hosts match the file. */
export function addUp({ program, world, globals, action }: Cli): void {
  program
    .command('up')
    .description('make the hosts match the project file')
    .option('-p, --provision', 'make the disks of all guests anew and run their setup scripts; what is on them is lost')
    .option('-r, --rerun-scripts', 'run every script again')
    .option('-a, --reapply-acl', 'remove and make again all access rules')
    .option('-y, --yes', 'agree to what --provision loses: without it the disks are named, and nothing is done')
    .option('--keep', 'when cancelled, keep what was made instead of rolling it back')
    .addOption(
      new Option('--on-failure <what>', 'when something fails: finish the rest, roll back what was made, or ask')
        .choices(['stop', 'undo', 'ask'] as const)
        .default('stop' as const),
    )
    .option('--undo-wait <seconds>', 'how long rolling back waits for a host that does not answer (120)')
    .option('--replace', 'allow what moves guests or loses their data')
    .option(
      '--boot-parallelism <guests>',
      'how many guests may boot at a time on a host, or all (by its cores and load)',
    )
    .option('--strict', 'treat warnings about the file as errors')
    .option('--plan <file>', 'do exactly this saved plan (plan --out), or refuse')
    .option('--detach', 'return at once and print the name of the run')
    .action(
      action(async (options) => {
        const place = placeOf(globals(), world);
        const saved = options.plan === undefined ? undefined : await planToDo(world, options.plan, place);
        const { checkBefore } = await import('../check-project.ts');
        if (await checkBefore(world, place, { strict: options.strict === true })) return exitCode.usage;
        const { withVariables } = await import('../project-text.ts');
        const start = {
          operation: 'up',
          id: world.newId(),
          asked: {
            ...(await withVariables(world, place)),
            options: {
              onFailure: options.onFailure,
              ...(options.provision ? { forceProvisioning: true } : {}),
              ...(options.rerunScripts ? { rerunScripts: true } : {}),
              ...(options.reapplyAcl ? { reapplyAcl: true } : {}),
              ...(options.yes ? { lose: true } : {}),
              ...(options.keep ? { keep: true } : {}),
              ...(options.replace ? { replace: true } : {}),
              ...(options.undoWait === undefined
                ? {}
                : { undoWaitSeconds: secondsOf('--undo-wait', options.undoWait) }),
              ...(options.bootParallelism === undefined
                ? {}
                : { bootParallelism: bootParallelismOf(options.bootParallelism) }),
              ...(options.strict ? { strict: true } : {}),
              ...(saved ? { ...saved.options, expect: saved.fingerprint } : {}),
            },
            follow: options.detach !== true,
          },
        } as const;
        return options.detach ? startDetached(world, start) : runToEnd(world, globals(), start, 'up');
      }),
    );
}

async function planToDo(world: CliWorld, file: string, { deployment }: ProjectPlace) {
  const { readPlan } = await import('../saved-plan.ts');
  const saved = await readPlan(world, resolve(world.cwd, file));
  if (saved.deployment === deployment) return saved;
  throw usage(`--plan ${file} is a plan for ${saved.deployment}, not for ${deployment}`);
}
