import * as z from 'zod';
import type { Command } from '../../workflows/contract.ts';
import { runOperation } from '../operation.ts';
import { runOptions } from '../options.ts';
import { place } from '../words.ts';

const request = z.strictObject({ ...place, options: runOptions, follow: z.boolean() });

/** A changing command about one project: starts its run, which holds the deployment. Throws Failure `busy`. */
export function change<const C extends Command>(command: C) {
  return runOperation({
    wire: { type: 'command', command },
    request,
    begin: async ({ runs }, { follow, ...asked }, { who, request: requestId }) => {
      const id = await runs.start({ command, ...asked, by: who, requestId });
      return { id, since: 0, follow };
    },
  });
}
