import * as z from 'zod';
import { runInfo } from '../answers/run.ts';
import { question } from '../operation.ts';
import { deployment } from '../words.ts';

/** The runs of all deployments or of one, newest first. */
export const runs = question({
  wire: { type: 'list', what: 'runs' },
  request: z.strictObject({ deployment: deployment.exactOptional() }),
  told: 'ack',
  answer: z.array(runInfo),
  ask: async (parts, request) => ({ data: await parts.runs.list(request.deployment) }),
});
