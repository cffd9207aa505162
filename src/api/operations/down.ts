import { change } from './change.ts';

/** Removes what the deployment has on the hosts. */
export const down = change('down');
