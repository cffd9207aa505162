import * as z from 'zod';
import { runStatus } from '../answers/run.ts';
import { eventsOf } from '../events-of.ts';
import { question } from '../operation.ts';
import { nameOf, splitRun } from '../run-names.ts';
import { run, since } from '../words.ts';

/** What the log of a run holds now after a number: events, then how the run stands. */
export const events = question({
  wire: { type: 'events' },
  request: z.strictObject({ run, since }),
  told: 'ack',
  answer: runStatus,
  ask: async (parts, request, caller) => {
    const found = await parts.runs.find(...splitRun(request.run));
    const name = nameOf(found);
    for await (const event of eventsOf(parts.events, found.run, request.since)) {
      if (caller.gone.aborted || !(await caller.tell(name, event))) return undefined;
    }
    return { run: name, data: { status: found.status } };
  },
});
