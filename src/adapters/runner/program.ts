import { createHash } from 'node:crypto';

import { hostRoot } from '../../model/host.ts';
import { readProgram } from '../../programs/read-program.ts';

/** The program that runs everything on a host; how is written in it. */
export const program = readProgram(import.meta.url, './runner.sh');

const hash = createHash('sha256').update(program).digest('hex').slice(0, 16);

/** Named by its content: another version lies beside it and disturbs nothing that runs. */
const path = `${hostRoot}/runner/${hash}`;

/** The line by which the program says that it reads requests; what a login shell printed lies before it. */
export const readyLine = 'kc:ready';

/** Exit code of a command that found no program. */
export const notPlaced = 97;

/** Starts the placed program. */
export const serveCommand = `sh -c '[ -e ${path} ] || exit ${notPlaced}; exec sh ${path} serve'`;

/**
 * Reads the program from the front of standard input, places it unless it is there, and starts it. The login shell
 * sees one word in single quotes; a program cut off by a lost connection never gets the final name.
 */
export const placeAndServeCommand = (() => {
  const bytes = Buffer.byteLength(program);
  const script = [
    `p=${path}; umask 066`,
    `if [ -e $p ]; then head -c ${bytes} >/dev/null; else`,
    `mkdir -p ${hostRoot}/runner && head -c ${bytes} >$p.$$ && [ "$(wc -c <$p.$$)" -eq ${bytes} ] && mv $p.$$ $p || exit 1; fi`,
    'exec sh $p serve',
  ].join('\n');
  return `sh -c '${script}'`;
})();
