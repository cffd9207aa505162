import { readProgram } from '../../../programs/read-program.ts';
import { itemFunction } from '../items.ts';

/** Functions of the links carrier. */
export const linkFunctions = itemFunction + readProgram(import.meta.url, './links.sh');
