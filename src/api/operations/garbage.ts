import * as z from 'zod';
import { aboutAll } from '../about-all.ts';
import { garbageReport } from '../answers/garbage.ts';
import { question } from '../operation.ts';
import { path } from '../words.ts';

/** Looks at all hosts for what no deployment owns. */
export const garbage = question({
  wire: { type: 'garbage' },
  request: z.strictObject({ hostsFile: path.startsWith('/').exactOptional() }),
  told: 'result',
  answer: garbageReport,
  ask: async ({ runs }, request, { gone }) => ({
    data: await runs.read({ what: 'garbage', ...aboutAll, ...request }, gone),
  }),
});
