import { change } from './change.ts';

/** Removes what carries the deployment's owner label and no deployment owns. */
export const gc = change('gc');
