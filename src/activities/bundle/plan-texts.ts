import type { Plan } from '../../model/plan.ts';
import { leftOut } from '../../model/scrub.ts';
import { printPlan } from '../../planner/print.ts';
import type { BundleFile } from '../../ports/bundles.ts';

/** A plan for reading, and whole; the environments of guests are the user's secrets and left out. */
export function planTexts(plan: Plan): readonly BundleFile[] {
  return [
    { path: 'plan.txt', text: printPlan(plan) },
    { path: 'plan.json', text: `${JSON.stringify(plan, withoutEnvironment, 2)}\n` },
  ];
}

/** The values in the environments a plan gives to guests: they may turn up anywhere else, such as in a script's output. */
export function environmentValues(plan: Plan): readonly string[] {
  const values = new Set<string>();
  JSON.stringify(plan, (_key, value: unknown) => {
    if (isEnvironmentFile(value))
      for (const line of value.text.split('\n')) values.add(line.slice(line.indexOf('=') + 1));
    return value;
  });
  return [...values];
}

function withoutEnvironment(key: string, value: unknown): unknown {
  if (key === 'environment') return leftOut;
  return isEnvironmentFile(value) ? { ...value, text: leftOut } : value;
}

/** The file `env` of a seed. */
function isEnvironmentFile(value: unknown): value is { readonly name: 'env'; readonly text: string } {
  return (
    typeof value === 'object' &&
    value !== null &&
    'name' in value &&
    value.name === 'env' &&
    'text' in value &&
    typeof value.text === 'string' &&
    value.text !== leftOut
  );
}
