import * as z from 'zod';
import { generateReport } from '../answers/artefacts.ts';
import { question } from '../operation.ts';
import { readOptions } from '../options.ts';
import { place } from '../words.ts';

/** Writes every generated text into the project's folder, on the server's machine. */
export const artefacts = question({
  wire: { type: 'read', what: 'artefacts' },
  request: z.strictObject({ ...place, options: readOptions }),
  told: 'result',
  answer: generateReport,
  ask: async ({ runs }, request, { gone }) => ({ data: await runs.read({ what: 'artefacts', ...request }, gone) }),
});
