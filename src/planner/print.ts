import type { Instruction, Plan } from '../model/plan.ts';

const verbs = { create: 'create', update: 'change', delete: 'remove', run: 'run' } as const;

/** More guests than a person reads through. */
const shownFelt = 10;

/** The plan for people: stages, instructions, hosts and causes. Stable: it is a test oracle and a bug report too. */
export function printPlan(plan: Plan): string {
  const { create, change, delete: gone, run } = plan.summary;
  if (create + change + gone + run === 0) return `${plan.deployment}: nothing to do, the hosts match the file\n`;
  const counts = [`${create} to create`, `${change} to change`, `${gone} to remove`];
  if (run > 0) counts.push(`${run} to run`);
  const lines = [`${plan.deployment}: ${counts.join(', ')}`];
  for (const stage of plan.stages) {
    lines.push('', stage.name);
    for (const each of stage.instructions) lines.push(...printInstruction(each));
  }
  return `${lines.join('\n')}\n`;
}

function printInstruction(each: Instruction): string[] {
  const { effect, felt: affected } = each.impact;
  const more = affected.length > shownFelt ? ` and ${affected.length - shownFelt} more` : '';
  const feels = affected.length > 0 ? ` by ${affected.slice(0, shownFelt).join(', ')}${more}` : '';
  const impact = effect === 'none' ? '' : ` [${effect}${feels}]`;
  const head = `  ${verbs[each.action]} ${each.resources.length} ${each.kind} on ${each.host}: ${each.cause}${impact}`;
  return [head, ...each.resources.map((resource) => `    ${resource.name}`)];
}
