import { verb } from './change.ts';

/** Stops guests and starts them again. */
export const restart = verb('restart');
