import { verb } from './change.ts';

/** Stops guests: by their own means, then by force when they take too long. */
export const stop = verb('stop');
