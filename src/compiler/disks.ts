import type { Disk, Push } from '../model/resources.ts';
import { goldenImage } from './golden.ts';
import { imageOf, pushOf } from './images.ts';
import type { LibvirtGuest, CompileContext } from './compile-context.ts';

/** A guest's disk and the image it is made from, both on the guest's own host. */
export function compileDisk(context: CompileContext, guest: LibvirtGuest): { push: Push; disk: Disk } {
  const { names } = context;
  const { cloud_image, existing_disk } = guest.libvirt.libvirt_type;
  const image = goldenImage(context, guest.machine) ?? imageOf(context, guest.libvirt);
  const host = guest.host.name;
  const push = pushOf(context, image, host);
  return {
    push,
    disk: {
      kind: 'disk',
      name: names.own(guest.name),
      host,
      guest: guest.name,
      path: names.path('disks', `${guest.name}.qcow2`),
      how: existing_disk?.create_deep_copy ? 'copy' : 'overlay',
      base: { path: push.path, format: image.format, sha256: image.sha256 },
      expandGiB: cloud_image?.expand_gigabytes ?? 0,
    },
  };
}
