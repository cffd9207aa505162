import * as z from 'zod';
import { deploymentStatus } from '../answers/status.ts';
import { question } from '../operation.ts';
import { readOptions } from '../options.ts';
import { place } from '../words.ts';

/** What a deployment's guests are doing, as the hosts tell it now. */
export const status = question({
  wire: { type: 'read', what: 'status' },
  request: z.strictObject({ ...place, options: readOptions }),
  told: 'result',
  answer: deploymentStatus,
  ask: async ({ runs }, request) => ({ data: await runs.read({ what: 'status', ...request }) }),
});
