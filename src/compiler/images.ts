import type { Position } from '../model/diagnostic.ts';
import type { Disk, Push } from '../model/resources.ts';
import { type ImageFact, standIn } from './facts.ts';
import type { Guest, Scene } from './scene.ts';

/** A guest's disk and the image it is made from, both on the guest's own host. */
export function compileDisk(scene: Scene, guest: Guest): { push: Push; disk: Disk } {
  const { names } = scene;
  const { cloud_image, existing_disk } = guest.machine.libvirt.libvirt_type;
  const image = imageOf(scene, guest);
  const host = guest.host.name;
  const path = names.path('images', `${image.sha256.slice(0, 12)}.${image.format}`);
  const { format, sha256, size, source } = image;
  return {
    push: { kind: 'push', name: names.push(sha256, host), host, path, image: { sha256, size, source }, format },
    disk: {
      kind: 'disk',
      name: names.own(guest.name),
      host,
      guest: guest.name,
      path: names.path('disks', `${guest.name}.qcow2`),
      how: existing_disk?.create_deep_copy ? 'copy' : 'overlay',
      base: { path, format, sha256 },
      expandGiB: cloud_image?.expand_gigabytes ?? 0,
    },
  };
}

function imageOf(scene: Scene, { machine }: Guest): ImageFact {
  const { cloud_image, existing_disk } = machine.libvirt.libvirt_type;
  return cloud_image
    ? find(
        scene,
        cloud_image.name,
        cloud_image.at('name'),
        'image-missing',
        `the image catalogue does not know \`${cloud_image.name}\``,
      )
    : find(
        scene,
        existing_disk!.path,
        existing_disk!.at('path'),
        'disk-missing',
        `there is no readable disk \`${existing_disk!.path}\``,
      );
}

function find({ facts, findings }: Scene, key: string, at: Position, code: string, message: string): ImageFact {
  const found = facts.images.get(key);
  if (found) return found;
  if (facts.images.has(key)) findings.preflight(at, code, message);
  return { ...standIn(key), format: 'qcow2', name: key };
}
