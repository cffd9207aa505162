import { verb } from './change.ts';

/** Runs scripts of guests again. */
export const rerun = verb('rerun');
