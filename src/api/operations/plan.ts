import * as z from 'zod';
import { shownPlan } from '../answers/plan.ts';
import { question } from '../operation.ts';
import { readOptions } from '../options.ts';
import { place } from '../words.ts';

/** What `up` would do, where and why. */
export const plan = question({
  wire: { type: 'read', what: 'plan' },
  request: z.strictObject({ ...place, options: readOptions }),
  told: 'result',
  answer: shownPlan,
  ask: async ({ runs }, request, { gone }) => ({ data: await runs.read({ what: 'plan', ...request }, gone) }),
});
