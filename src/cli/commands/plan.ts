import { exitCode } from '../../messages/exit-code.ts';
import type { Cli } from '../cli.ts';
import { formatOf } from '../globals.ts';
import { placeOf, type ProjectPlace } from '../project-place.ts';
import { renderFailure } from '../render/failure.ts';
import { askServer } from '../session.ts';
import type { ShownPlan } from '../shown-plan.ts';
import type { CliWorld } from '../world.ts';

/** `plan`: what `up` would do, where and why; changes nothing. */
export function addPlan({ program, world, globals, action }: Cli): void {
  program
    .command('plan')
    .description('show what up would do, where and why; changes nothing')
    .option('--offline', 'ask no host and no server: everything counts as missing')
    .option('--strict', 'treat warnings about the file as errors')
    .option('--replace', 'plan what up --replace would do')
    .option('--detailed-exitcode', 'end with 4 when there is something to change')
    .action(
      action(async ({ offline, strict, replace, detailedExitcode }) => {
        const decided = globals();
        const format = formatOf(decided, ['text', 'json']);
        const place = placeOf(decided, world);
        const options = { ...(strict ? { strict } : {}), ...(replace ? { replace } : {}) };
        const shown = offline
          ? await (await import('../plan-offline.ts')).planOffline(world, place, strict === true)
          : await planOnline(world, place, options);
        if (shown === undefined) return exitCode.usage;
        if (format === 'json')
          world.stdout.write(`${JSON.stringify({ ...shown.plan, refused: shown.refused }, undefined, 2)}\n`);
        else world.stdout.write(shown.text);
        for (const each of shown.refused) world.stderr.write(renderFailure(each, decided.color, 'up would be refused'));
        if (shown.refused.length > 0) return exitCode.failed;
        const { create, change, delete: gone } = shown.plan.summary;
        return detailedExitcode && create + change + gone > 0 ? exitCode.changes : exitCode.done;
      }),
    );
}

async function planOnline(
  world: CliWorld,
  place: ProjectPlace,
  options: { readonly strict?: boolean },
): Promise<ShownPlan | undefined> {
  const { checkBefore } = await import('../check-project.ts');
  if (await checkBefore(world, place, { strict: options.strict === true })) return undefined;
  const { withVariables } = await import('../project-text.ts');
  const asked = await withVariables(world, place);
  return (await askServer(world, { type: 'read', what: 'plan', ...asked, options: { ...options } })) as ShownPlan;
}
