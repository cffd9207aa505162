import * as z from 'zod';
import { question } from '../operation.ts';
import { findRunning, nameOf } from '../run-names.ts';
import { run, text } from '../words.ts';

/** Answers what a run asks; all its open questions without `batch`. Throws Failure `not-asked`, `no-such-run`. */
export const decide = question({
  wire: { type: 'decide' },
  request: z.strictObject({
    run,
    choice: z.enum(['retry', 'skip', 'stop']),
    batch: z.string().min(1).max(200).exactOptional(),
    by: text,
  }),
  told: 'ack',
  answer: z.object({ decided: z.array(z.string()) }),
  ask: async ({ runs }, { run: name, ...decision }, caller) => {
    const found = await findRunning(runs, name);
    return { run: nameOf(found), data: { decided: await runs.decide(found, decision, caller.request) } };
  },
});
