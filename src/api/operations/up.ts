import { change } from './change.ts';

/** Makes the hosts match the file. */
export const up = change('up');
