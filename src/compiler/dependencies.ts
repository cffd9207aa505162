import type { GuestReady } from '../model/resources.ts';
import type { Dependency } from '../model/testbed.ts';
import type { CompileContext, Guest } from './compile-context.ts';
import type { Instance } from './instances.ts';

type After = NonNullable<GuestReady['after']>;

/** What a guest waits for before it is resumed, each once; a scaled machine stands for all its clones. */
export function afterOf(context: CompileContext, guest: Guest): { after?: After } {
  const { depends_on: dependencies } = guest.machine;
  const after = dependencies.flatMap((each) =>
    context.instances
      .filter(({ name, machine }) => name === each.name || machine.name === each.name)
      .flatMap((instance) => waitsFor(context, instance, each.until)),
  );
  // Of two that are about one thing, the one that asks for more.
  const started = after.filter((each) => each.started === true);
  const byRef = new Map([...started, ...after.filter((each) => each.started !== true)].map((each) => [each.ref, each]));
  return byRef.size === 0 ? {} : { after: [...byRef.values()].sort((a, b) => (a.ref < b.ref ? -1 : 1)) };
}

function waitsFor({ names }: CompileContext, { name, setup, run }: Instance, until: Dependency['until']): After {
  const ready = `guest.ready:${names.own(name)}` as const;
  if (until === 'started') return [{ ref: ready, started: true }];
  if (until === 'ready') return [{ ref: ready }];
  const scripts = [...(setup ? ['setup'] : []), ...(run ? ['run'] : [])];
  return [{ ref: ready }, ...scripts.map((each) => ({ ref: `script:${names.own(`${name}-${each}`)}` as const }))];
}
