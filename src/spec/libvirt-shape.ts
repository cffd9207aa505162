import type { Where } from '../model/diagnostic.ts';
import type { EnvironmentEntry, LibvirtMachine } from '../model/testbed.ts';
import { libvirtScaling } from './scaling-shape.ts';
import { about, checked, type Shape } from './shape.ts';
import { pathShape } from './path-shape.ts';
import { defaulting, optional, optionalOr, record, required, withDefault, table } from './shape-collections.ts';
import { userShape } from './shape-network.ts';
import { flag, integer, text } from './shape-scalars.ts';

const environmentValue = checked(text, (value) => {
  const code = 'bad-environment';
  if (/[\n\r\0]/.test(value)) return { code, message: 'a value of the environment must be one line' };
  // Filled in on the way to a host: a project could read the keys of another.
  const placeholder = /\{\{(secret|public):/.exec(value);
  return placeholder ? { code, message: `a value of the environment must not hold \`${placeholder[0]}\`` } : undefined;
});

/** Names and values a guest is told. */
export const environmentShape: Shape<readonly EnvironmentEntry[]> = (() => {
  const entries = table(environmentValue);
  return {
    json: entries.json,
    read: (node, reading, name) => {
      const read = entries.read(node, reading, name);
      if (read === undefined || node.type !== 'map') return undefined;
      for (const { key, at } of node.entries) {
        if (/^[A-Za-z_]\w*$/.test(key) || key.startsWith('x-')) continue;
        const message = `\`${key}\` is no name of an environment variable`;
        reading.report(at, { severity: 'warning', code: 'bad-environment', message });
      }
      return read;
    },
  };
})();

const gigabytes = about('GiB added to the image’s own size', integer({ max: 65_535 }));

const cloudImage = record(
  {
    name: defaulting(about('a name of the image catalogue', text), ({ image }) => image),
    expand_gigabytes: optional(gigabytes),
    environment: withDefault(about('in the guest: /etc/nocloud/env.sh KEY', environmentShape), () => []),
    context: optional(about('a file or folder the guest finds under /etc/nocloud/context', pathShape)),
    setup_script: optional(about('runs once in the guest, as root', pathShape)),
    run_script: optional(about('runs in the guest on every `up`, after the setup script', pathShape)),
  },
  { ignored: { path: 'disks live in the deployment’s folder on the guest’s host' } },
);

const probed = {
  driver_type: 'the format is read from the disk itself',
  device_type: 'it is attached as a disk',
  extended_graphics_support: 'guests have a serial console',
};
const needsCloudImage = 'it needs a cloud image';

const existingDisk = record(
  {
    path: required(about('a disk file; it is never written to', pathShape)),
    create_deep_copy: withDefault(about('a full copy instead of an overlay', flag), () => false),
    readonly: withDefault(flag, () => false),
  },
  {
    ignored: {
      ...probed,
      expand_gigabytes: needsCloudImage,
      run_script: needsCloudImage,
      setup_script: needsCloudImage,
      context: needsCloudImage,
      environment: needsCloudImage,
    },
  },
);

const isoGuest = record(
  { path: required(pathShape), expand_gigabytes: optional(gigabytes) },
  { ignored: { ...probed, readonly: 'an ISO image always is' } },
);

const libvirtType: Shape<LibvirtMachine['libvirt_type'] & { readonly at: Where }> = record(
  {
    cloud_image: optional(cloudImage),
    existing_disk: optional(existingDisk),
    iso_guest: optional(isoGuest),
  },
  { exactlyOne: ['cloud_image', 'existing_disk', 'iso_guest'] },
);

const computed = 'it is computed';

/** `libvirt` of a machine. */
export const libvirtShape: Shape<LibvirtMachine> = record(
  {
    cpus: defaulting(integer({ min: 1, max: 4_096 }), ({ cpus }) => cpus),
    memory_mb: defaulting(integer({ min: 1 }), ({ memory_mb }) => memory_mb),
    username: optionalOr(
      about('who scripts and `ssh` log in as; `nocloud` without it', userShape),
      ({ username }) => username,
    ),
    libvirt_type: defaulting(libvirtType, ({ image }, at) =>
      image === undefined ? undefined : { at, cloud_image: { at, name: image, environment: [] } },
    ),
    scaling: optional(libvirtScaling),
  },
  {
    ignored: {
      password: 'guests are reached by the deployment’s key',
      static_ip: 'an interface has its address under `network`',
      is_clone_of: computed,
      hostname: computed,
      ssh_address: computed,
      tcp_tty_port: 'the serial console is logged on the host',
      extended_graphics_support: probed.extended_graphics_support,
    },
  },
);
