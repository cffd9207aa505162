import { imagesFolder } from '../../../model/host.ts';
import { readProgram } from '../../../programs/read-program.ts';
import { shellConstants } from '../../runner/constants.ts';
import type { RealTransport } from '../transport.ts';
import { parseFiles } from './answer.ts';
import { createFilesCarrier } from './create-files-carrier.ts';

const constants = shellConstants({ IMAGES: imagesFolder });

/** Folders, images, disks and seeds. */
export const files: RealTransport<'files'> = {
  tools: ['qemu-img', 'genisoimage', 'tar', 'flock'],
  create: ({ runner, secrets }) => createFilesCarrier(runner, secrets),
  query: { program: constants + readProgram(import.meta.url, './observe.sh'), parse: parseFiles },
};
