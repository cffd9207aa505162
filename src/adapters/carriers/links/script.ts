import { labelKeys } from '../../../model/owner-label.ts';
import { readProgram } from '../../../programs/read-program.ts';
import { shellConstants } from '../../runner/constants.ts';
import { itemFunction } from '../items.ts';

const constants = shellConstants({
  LABEL_DEPLOYMENT: labelKeys.deployment,
  LABEL_INSTALLATION: labelKeys.installation,
});

/** Functions of the links carrier. */
export const linkFunctions = constants + itemFunction + readProgram(import.meta.url, './links.sh');
