import { verb } from './change.ts';

/** Pauses guests that run. */
export const pause = verb('pause');
