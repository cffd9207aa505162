import { hostRoot, imagesFolder } from '../../model/host.ts';
import { readProgram } from '../../programs/read-program.ts';
import { bootFunction } from '../host/boot.ts';
import { selectInterfaces } from '../host/ovs-interfaces.ts';
import { shellConstants } from '../runner/constants.ts';

const constants = shellConstants({ HOST_ROOT: hostRoot, IMAGES: imagesFolder, SELECT_INTERFACES: selectInterfaces });

/** One host's answers to everything. */
export const observeScript = constants + bootFunction + readProgram(import.meta.url, './observe.sh');

/** Tells by booting something whether `/dev/kvm` is of use. */
export const probeScript = constants + readProgram(import.meta.url, './probe.sh');
