import { readProgram } from '../../../programs/read-program.ts';
import { bootFunction } from '../../host/boot.ts';
import { shellConstants } from '../../runner/constants.ts';

/** Seconds after which a slot is given back whatever happens, and for a guest that cannot be seen coming up. */
const slotSeconds = { SEEN_SECONDS: 45, UNSEEN_SECONDS: 10 } as const;

/** Shell function that sets `limit` to how many may boot from now on. */
export const limitFunction = readProgram(import.meta.url, './next-limit.sh');

/** Resumes guests as their host can take them, and looks for the sshd of each. */
export const bootProgram =
  shellConstants(slotSeconds) + bootFunction + limitFunction + readProgram(import.meta.url, './admit.sh');
