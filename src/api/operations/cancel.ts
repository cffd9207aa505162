import * as z from 'zod';
import type { RunId, Runs } from '../../client/runs.ts';
import type { CancelRequest } from '../../workflows/signals.ts';
import { question } from '../operation.ts';
import { findRunning, nameOf, splitRun } from '../run-names.ts';
import { run, text } from '../words.ts';

/** Asks a run to stop and to roll back what it made. Throws Failure `no-such-run`. */
export const cancel = question({
  wire: { type: 'cancel' },
  request: z.strictObject({ run, by: text, reason: text }),
  told: 'ack',
  answer: z.undefined(),
  ask: async ({ runs }, request) => {
    const { by, reason } = request;
    const id = await cancelRun(runs, request.run, { by, reason });
    return { run: nameOf(id), data: undefined };
  },
});

async function cancelRun(runs: Runs, name: string, request: CancelRequest): Promise<RunId> {
  const [deployment, id] = splitRun(name);
  // A client that says which run it is waits for one request only; what is wrong with one is found out afterwards.
  if (id !== undefined && (await isTaken(runs.cancel({ deployment, run: id }, request))))
    return { deployment, run: id };
  const found = await findRunning(runs, name);
  await runs.cancel(found, request);
  return found;
}

function isTaken(request: Promise<void>): Promise<boolean> {
  return request.then(
    () => true,
    () => false,
  );
}
