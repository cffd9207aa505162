import * as z from 'zod';
import { shownRun } from '../answers/run.ts';
import { question } from '../operation.ts';
import { splitRun } from '../run-names.ts';
import { showRun } from '../show-run.ts';
import { run } from '../words.ts';

/** What happened in a run and how it ended. */
export const show = question({
  wire: { type: 'show' },
  request: z.strictObject({ run }),
  told: 'ack',
  answer: shownRun,
  ask: async ({ runs, events }, request) => ({
    data: await showRun(runs, events, await runs.find(...splitRun(request.run))),
  }),
});
