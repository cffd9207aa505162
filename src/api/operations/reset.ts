import { change } from './change.ts';

/** Makes what the server believes of a deployment anew from what its hosts hold. */
export const reset = change('reset');
