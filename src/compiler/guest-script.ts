import { readProgram } from '../programs/read-program.ts';

/**
 * Runs in the guest, from its seed: makes what setup scripts find under /etc/nocloud. POSIX sh, because a tiny guest
 * has busybox; running it again changes nothing. env.sh comes last: where it is, everything is. Another byte in it is
 * another seed of every guest there is.
 */
export const guestScript = readProgram(import.meta.url, './guest-setup.sh');
