import { hostRoot } from '../../model/host.ts';
import { readProgram } from '../../programs/read-program.ts';
import { shellConstants } from '../runner/constants.ts';

/** Prints what a host knows of a deployment. */
export const bundleScript =
  shellConstants({
    HOST_ROOT: hostRoot,
    // Ends of logs are kept this long: enough for a boot, small enough for a mail.
    TAIL_BYTES: 128 * 1024,
    DUMP_BYTES: 1024 * 1024,
  }) + readProgram(import.meta.url, './bundle.sh');
