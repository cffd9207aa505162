import * as z from 'zod';
import { knownDeployment } from '../answers/deployment.ts';
import { listDeployments } from '../list-deployments.ts';
import { question } from '../operation.ts';
import { deployment } from '../words.ts';

/** What the server remembers of all deployments, or of one. */
export const deployments = question({
  wire: { type: 'list', what: 'deployments' },
  request: z.strictObject({ deployment: deployment.exactOptional() }),
  told: 'ack',
  answer: z.array(knownDeployment),
  ask: async (parts, request) => ({ data: await listDeployments(parts, request.deployment) }),
});
