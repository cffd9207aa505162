import { hostRoot, imagesFolder } from '../../../model/host.ts';
import { readProgram } from '../../../programs/read-program.ts';
import { shellConstants } from '../../runner/constants.ts';
import { itemFunction } from '../items.ts';

/** IMAGES: verified images and large files of seeds, by content. */
const constants = shellConstants({ HOST_ROOT: hostRoot, IMAGES: imagesFolder });

/** Functions of the files carrier, for a script with a folder of its own: it outlives the execution that was cut off. */
export function fileFunctions(workName: string): string {
  const work = `work=${hostRoot}/work/${workName}\n`;
  return constants + work + itemFunction + readProgram(import.meta.url, './files.sh');
}

/** Receives the rest of an image on standard input and gives it its name only when its content is right. */
export const receiveScript = constants + readProgram(import.meta.url, './receive.sh');
