import * as z from 'zod';
import { runOperation } from '../operation.ts';
import { guests } from '../words.ts';
import { begins, changing } from './change.ts';

/** Removes what the deployment has on the hosts, or what some of its guests have. */
export const down = runOperation({
  wire: { type: 'command', command: 'down' },
  request: z.strictObject({ ...changing, guests: guests.exactOptional() }),
  begin: begins('down'),
});
