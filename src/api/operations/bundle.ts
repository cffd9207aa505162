import * as z from 'zod';
import { aboutAll } from '../about-all.ts';
import { madeBundle } from '../answers/bundle.ts';
import { question } from '../operation.ts';
import { splitRun } from '../run-names.ts';
import { run } from '../words.ts';

/** Makes one archive about a run, on the server's machine. */
export const bundle = question({
  wire: { type: 'bundle' },
  request: z.strictObject({ run }),
  told: 'result',
  answer: madeBundle,
  ask: async ({ runs }, request, { gone }) => {
    const { deployment, run: id, status, endedAt } = await runs.find(...splitRun(request.run));
    const stands = { status, ...(endedAt === undefined ? {} : { endedAt }) };
    return { data: await runs.read({ ...aboutAll, what: 'bundle', deployment, run: id, stands }, gone) };
  },
});
