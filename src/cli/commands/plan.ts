import { resolve } from 'node:path';
import type { Requests } from '../../api/operations.ts';
import { exitCode } from '../../messages/exit-code.ts';
import type { Cli } from '../cli.ts';
import { formatOf } from '../globals.ts';
import { bootParallelismOf } from '../boot-parallelism.ts';
import { placeOf, type ProjectPlace } from '../project-place.ts';
import { renderFailure } from '../render/failure.ts';
import { askServer } from '../session.ts';
import type { SavedPlan } from '../saved-plan.ts';
import type { ShownPlan } from '../shown-plan.ts';
import { usage } from '../usage.ts';
import type { CliWorld } from '../world.ts';

/** `plan`: what `up` would do, where and why; changes nothing. */
export function addPlan({ program, world, globals, action }: Cli): void {
  program
    .command('plan')
    .description('show what up would do, where and why; changes nothing')
    .option('--offline', 'ask no host and no server: everything counts as missing')
    .option('--strict', 'treat warnings about the file as errors')
    .option('--replace', 'plan what up --replace would do')
    .option(
      '--boot-parallelism <guests>',
      'how many guests may boot at a time on a host, or all (by its cores and load)',
    )
    .option('--out <file>', 'save the plan: up --plan FILE does exactly that, or refuses')
    .option('--detailed-exitcode', 'end with 4 when there is something to change')
    .action(
      action(async ({ offline, strict, replace, out, detailedExitcode, bootParallelism: boots }) => {
        if (offline && out !== undefined) throw usage('--out needs a plan the hosts were asked for, not --offline');
        const decided = globals();
        const format = formatOf(decided, ['text', 'json']);
        const place = placeOf(decided, world);
        const options = {
          ...(strict ? { strict } : {}),
          ...(replace ? { replace } : {}),
          ...(boots === undefined ? {} : { bootParallelism: bootParallelismOf(boots) }),
        } as const;
        const shown = offline
          ? await (await import('../plan-offline.ts')).planOffline(world, place, strict === true)
          : await planOnline(world, place, options);
        if (shown === undefined) return exitCode.usage;
        if (format === 'json') world.stdout.write(`${JSON.stringify(jsonOf(shown), undefined, 2)}\n`);
        else world.stdout.write(shown.text);
        for (const each of shown.refused) world.stderr.write(renderFailure(each, decided.color, 'up would be refused'));
        if (shown.refused.length > 0) return exitCode.failed;
        if (out !== undefined) await savePlan(world, out, shown, options);
        const { create, change, delete: gone } = shown.plan.summary;
        return detailedExitcode && create + change + gone > 0 ? exitCode.changes : exitCode.done;
      }),
    );
}

function jsonOf({ plan, refused, toPull }: ShownPlan): object {
  return { ...plan, refused, ...(toPull === undefined ? {} : { toPull }) };
}

async function planOnline(
  world: CliWorld,
  place: ProjectPlace,
  options: Requests['plan']['options'],
): Promise<ShownPlan | undefined> {
  const { checkBefore } = await import('../check-project.ts');
  if (await checkBefore(world, place, { strict: options.strict === true })) return undefined;
  const { withVariables } = await import('../project-text.ts');
  const asked = await withVariables(world, place);
  return askServer(world, 'plan', { ...asked, options });
}

async function savePlan(world: CliWorld, file: string, shown: ShownPlan, options: SavedPlan['options']): Promise<void> {
  const { encodePlan } = await import('../saved-plan.ts');
  const files = await world.projectFiles();
  await files.writeText(resolve(world.cwd, file), encodePlan(shown, shown.fingerprint!, options));
  world.stderr.write(`saved the plan; do it with kvm-compose up --plan ${file}\n`);
}
