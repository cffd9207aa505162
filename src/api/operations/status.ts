import * as z from 'zod';
import { deploymentStatus } from '../answers/status.ts';
import { question } from '../operation.ts';
import { readOptions } from '../options.ts';
import { guests, place } from '../words.ts';

/** What a deployment's guests, or some of them, are doing, as the hosts tell it now. */
export const status = question({
  wire: { type: 'read', what: 'status' },
  request: z.strictObject({ ...place, guests: guests.exactOptional(), options: readOptions }),
  told: 'result',
  answer: deploymentStatus,
  ask: async ({ runs }, request, { gone }) => ({ data: await runs.read({ what: 'status', ...request }, gone) }),
});
