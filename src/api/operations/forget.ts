import { change } from './change.ts';

/** Forgets a host that never comes back, with all that was known to be there. */
export const forget = change('forget');
