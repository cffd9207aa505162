import * as z from 'zod';
import { runOperation } from '../operation.ts';
import { splitRun } from '../run-names.ts';
import { run, since } from '../words.ts';

/** Joins a run, also one that has ended, after the last event the caller has. Throws Failure `no-such-run`. */
export const attach = runOperation({
  wire: { type: 'attach' },
  request: z.strictObject({ run, since }),
  begin: async ({ runs }, request) => {
    const found = await runs.find(...splitRun(request.run));
    const { command, by, status, startedAt, asks } = found;
    return { id: found, since: request.since, follow: true, data: { command, by, status, startedAt, asks } };
  },
});
