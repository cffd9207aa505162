import { verb } from './change.ts';

/** Starts guests that do not run. */
export const start = verb('start');
