import { verb } from './change.ts';

/** Makes the disks of guests anew: what is on them is lost. */
export const rebuild = verb('rebuild');
