import { hash } from 'node:crypto';

import { artefactPath } from '../model/artefacts.ts';
import type { Position } from '../model/diagnostic.ts';
import type { Blob, Seed, SeedFile } from '../model/resources.ts';
import { metaData, networkConfig, userData } from './cloud-init.ts';
import { standIn } from './facts.ts';
import { guestScript } from './guest-script.ts';
import type { LibvirtGuest, CompileContext } from './compile-context.ts';

/** The user cloud images are given when the file names none. */
export const defaultUser = 'nocloud';

/** The seed of a cloud image's guest: everything it needs to know about itself, in one small ISO. */
export function compileSeed(context: CompileContext, guest: LibvirtGuest): Seed | undefined {
  const { libvirt } = guest;
  const image = libvirt.libvirt_type.cloud_image;
  if (!image) return undefined;
  const { names, mtu } = context;
  const hostname = names.own(guest.name);
  const identity = { deployment: names.deployment, guest: guest.name, hostname, user: libvirt.username ?? defaultUser };
  const files: SeedFile[] = [
    textOf(context, guest, 'user-data', userData(identity)),
    textOf(context, guest, 'network-config', networkConfig(guest.interfaces, mtu)),
    { name: 'guest.sh', text: guestScript },
  ];
  if (image.environment.length > 0) {
    const pairs = image.environment.map(({ key, value }) => `${key}=${value}\n`).sort();
    files.push({ name: 'env', text: pairs.join('') });
  }
  if (image.context !== undefined) {
    const blob = contextOf(context, image.context, image.at('context'));
    files.push({ name: 'context.tar.gz', blob });
  }
  const instanceId = instanceOf(files);
  return {
    kind: 'seed',
    name: names.own(guest.name),
    host: guest.host.name,
    guest: guest.name,
    path: names.path('seeds', `${guest.name}.iso`),
    instanceId,
    files: [{ name: 'meta-data', text: metaData(instanceId, hostname) }, ...files],
  };
}

/** As the user edited it, else as it is generated. */
function textOf({ facts }: CompileContext, guest: LibvirtGuest, name: string, generated: string): SeedFile {
  const edited = facts.edited?.get(artefactPath(guest.name, name));
  return edited ? { name, text: edited.text, edited: true } : { name, text: generated };
}

/** A guest with another seed is another guest: cloud-init does its work once for each of these. */
function instanceOf(files: readonly SeedFile[]): string {
  // Keys in the order of the alphabet: the hash of a guest must be the same for ever.
  const contents = files.map((file) =>
    'text' in file ? { name: file.name, text: file.text } : { name: file.name, sha256: file.blob.sha256 },
  );
  return `i-${hash('sha256', JSON.stringify(contents)).slice(0, 16)}`;
}

function contextOf({ facts, findings }: CompileContext, path: string, at: Position): Blob {
  const found = facts.archives.get(path);
  if (found) return found;
  if (facts.archives.has(path))
    findings.preflight(at, 'context-missing', `there is no readable file or folder \`${path}\``);
  return standIn(path);
}
