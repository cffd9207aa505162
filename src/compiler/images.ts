import type { Position } from '../model/diagnostic.ts';
import { imagesFolder } from '../model/host.ts';
import type { Push } from '../model/resources.ts';
import type { LibvirtMachine } from '../model/testbed.ts';
import { beforePull, type ImageFact, standIn } from './facts.ts';
import type { CompileContext } from './compile-context.ts';

/** A base image on a host, where all deployments have it. */
export function pushOf({ names }: CompileContext, { format, sha256, size, source }: ImageFact, host: string): Push {
  const path = `${imagesFolder}/${sha256}.${format}`;
  return { kind: 'push', name: names.push(sha256, host), host, path, image: { sha256, size, source }, format };
}

/** The image or disk a machine is made from, or a stand-in and a finding. */
export function imageOf(context: CompileContext, { libvirt_type }: LibvirtMachine): ImageFact {
  const { cloud_image: image, existing_disk: disk } = libvirt_type;
  return image
    ? find(
        context,
        image.name,
        image.at('name'),
        'image-missing',
        `the image catalogue does not know \`${image.name}\``,
      )
    : find(context, disk!.path, disk!.at('path'), 'disk-missing', `there is no readable disk \`${disk!.path}\``);
}

function find(
  { facts, findings }: CompileContext,
  key: string,
  at: Position,
  code: 'image-missing' | 'disk-missing',
  message: string,
): ImageFact {
  const found = facts.images.get(key);
  if (found) return 'toPull' in found ? beforePull(found) : found;
  if (facts.images.has(key)) findings.preflight(at, code, message);
  return { ...standIn(key), format: 'qcow2', name: key };
}
