import { verb } from './change.ts';

/** Resumes guests that are paused. */
export const resume = verb('resume');
