import { didYouMean } from '../../model/similar.ts';
import type { Dependency } from '../../model/testbed.ts';
import type { CompileContext } from '../compile-context.ts';

/** What machines wait for: it exists, and none waits for itself in the end. */
export function checkDependencies({ findings, instances, machines, testbed }: CompileContext): void {
  const machineOf = new Map([
    ...instances.map(({ name, machine }) => [name, machine.name] as const),
    ...[...machines.keys()].map((name) => [name, name] as const),
  ]);
  for (const { at, name } of testbed.machines.flatMap(({ depends_on }) => depends_on)) {
    if (machineOf.has(name)) continue;
    findings.error(at, 'unknown-machine', `there is no machine \`${name}\``, didYouMean(name, machineOf.keys()));
  }
  const state = new Map<string, 'open' | 'done'>();
  const visit = (name: string, way: readonly string[]): void => {
    state.set(name, 'open');
    for (const each of machines.get(name)?.depends_on ?? []) {
      const next = machineOf.get(each.name);
      if (next === undefined || state.get(next) === 'done') continue;
      if (state.get(next) === 'open') circle([...way.slice(way.indexOf(next)), next], each);
      else visit(next, [...way, next]);
    }
    state.set(name, 'done');
  };
  const circle = (way: readonly string[], { at }: Dependency): void => {
    const message = `machines wait for each other in a circle: ${way.map((each) => `\`${each}\``).join(' → ')}`;
    findings.error(at, 'dependency-circle', message);
  };
  for (const { name } of testbed.machines) if (!state.has(name)) visit(name, [name]);
}
