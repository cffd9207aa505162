import { readProgram } from '../../programs/read-program.ts';

/** The shell function `boot_of`, which tells one boot of a domain from the next. */
export const bootFunction = readProgram(import.meta.url, './boot.sh');
