import type { PlanSummary } from './plan.ts';
import { verbNames } from './request.ts';

/** `3 to create, 0 to change, 0 to remove`, and what else there is. */
export function countsText({ create, change, delete: gone, run, verbs = {} }: PlanSummary): string {
  const asked = verbNames.flatMap((verb) => (verbs[verb] ? [`${verbs[verb]} to ${verb}`] : []));
  const made = [`${create} to create`, `${change} to change`, `${gone} to remove`];
  const isOnlyAsked = asked.length > 0 && create + change + gone === 0;
  return [...asked, ...(isOnlyAsked ? [] : made), ...(run > 0 ? [`${run} to run`] : [])].join(', ');
}
