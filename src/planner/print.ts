import { countsText } from '../model/plan-counts.ts';
import type { Instruction, Plan } from '../model/plan.ts';
import { printBoots } from './boots.ts';
import { actionWord } from './summary.ts';

/** More guests than a person reads through. */
const shownFelt = 10;

/** The plan for people: stages, instructions, hosts and causes. Stable: it is a test oracle and a bug report too. */
export function printPlan(plan: Plan): string {
  const kept = (plan.kept ?? []).map(({ describe, why }) => `  keep ${describe}: ${why}`);
  if (plan.batches.length === 0) {
    const nothing = plan.asked === true ? 'nothing to do, it is so already' : 'nothing to do, the hosts match the file';
    return [`${plan.deployment}: ${nothing}`, ...kept, ''].join('\n');
  }
  const lines = [`${plan.deployment}: ${countsText(plan.summary)}`];
  for (const stage of plan.stages) {
    lines.push('', stage.name);
    for (const each of stage.instructions) lines.push(...printInstruction(each));
    if (stage.name === 'start') lines.push(...printBoots(plan).map((line) => `  ${line}`));
  }
  if (kept.length > 0) lines.push('', 'kept', ...kept);
  return `${lines.join('\n')}\n`;
}

function printInstruction(each: Instruction): string[] {
  const { effect, felt: affected } = each.impact;
  const more = affected.length > shownFelt ? ` and ${affected.length - shownFelt} more` : '';
  const feels = affected.length > 0 ? ` by ${affected.slice(0, shownFelt).join(', ')}${more}` : '';
  const impact = effect === 'none' ? '' : ` [${effect}${feels}]`;
  const head = `  ${actionWord(each.action)} ${each.resources.length} ${each.kind} on ${each.host}: ${each.cause}${impact}`;
  return [head, ...each.resources.map((resource) => `    ${resource.name}`)];
}
