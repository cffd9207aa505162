import { metadataNamespace } from '../../../model/domain-metadata.ts';
import { labelKeys } from '../../../model/owner-label.ts';
import { readProgram } from '../../../programs/read-program.ts';
import { bootFunction } from '../../host/boot.ts';
import { ifindexKey, selectInterfaces } from '../../host/ovs-interfaces.ts';
import { shellConstants } from '../../runner/constants.ts';
import { itemFunction } from '../items.ts';

/** `PORT_OF`: how OVS prints the label of a domain's port in a line of its table. */
const constants = shellConstants({
  METADATA: metadataNamespace,
  LABEL_DEPLOYMENT: labelKeys.deployment,
  LABEL_INSTALLATION: labelKeys.installation,
  PORT_OF: `${labelKeys.resource}=""libvirt.domain:`,
  IFINDEX_KEY: ifindexKey,
  SELECT_INTERFACES: selectInterfaces,
});
const stateFunctions = constants + readProgram(import.meta.url, './state.sh');

/** Functions that define, start and remove domains. XML comes as files in an archive on standard input. */
export const domainFunctions =
  stateFunctions + itemFunction + bootFunction + readProgram(import.meta.url, './domains.sh');

/** Adds taps to the bridge under their logical ports and lets their guests go. */
export const plugScript = stateFunctions + readProgram(import.meta.url, './plug.sh');
