import * as z from 'zod';
import type { StartRequest } from '../../client/runs.ts';
import type { VerbName } from '../../model/request.ts';
import type { Command } from '../../workflows/contract.ts';
import { type Begun, runOperation } from '../operation.ts';
import { runOptions } from '../options.ts';
import type { ApiParts, Caller } from '../parts.ts';
import { guests, place } from '../words.ts';

/** What every changing command about a project is asked with. */
export const changing = { ...place, options: runOptions, follow: z.boolean() };

type Changing = Omit<StartRequest, 'command' | 'by' | 'requestId'> & { readonly follow: boolean };

/** Starts the run of a command, which holds the deployment. Throws Failure `busy`. */
export function begins(command: Command) {
  return async ({ runs }: ApiParts, { follow, ...asked }: Changing, caller: Caller): Promise<Begun> => {
    const id = await runs.start({ command, ...asked, by: caller.who, requestId: caller.request });
    return { id, since: 0, follow };
  };
}

const whole = z.strictObject(changing);
const some = z.strictObject({ ...changing, guests });

/** A changing command about a whole deployment. */
export function change<const C extends Command>(command: C) {
  return runOperation({ wire: { type: 'command', command }, request: whole, begin: begins(command) });
}

/** A verb that a user asks of guests, by their names and globs. */
export function verb<const V extends VerbName>(command: V) {
  return runOperation({ wire: { type: 'command', command }, request: some, begin: begins(command) });
}
