import type { CloudImage, Machine } from '../model/testbed.ts';
import { about, checked, type Shape } from './shape.ts';
import { list, optional, record, required, standing, table } from './shape-collections.ts';
import { ipOrDynamic, ipShape, macShape, nameShape } from './shape-network.ts';
import { flag, integer, text } from './shape-scalars.ts';

const networkInterface = record({
  switch: required(text),
  gateway: optional(ipShape),
  mac: optional(macShape),
  ip: optional(
    about('an address of the switch’s subnet, or `dynamic` for DHCP; without it one is chosen', ipOrDynamic),
  ),
  network_name: optional(text),
});

const path = checked(text, (value) =>
  value === '' ? { code: 'bad-path', message: 'a path must not be empty' } : undefined,
);

const environment: Shape<CloudImage['environment']> = (() => {
  const entries = table(
    checked(text, (value) =>
      /[\n\r\0]/.test(value)
        ? { code: 'bad-environment', message: 'a value of the environment must be one line' }
        : undefined,
    ),
  );
  return {
    json: entries.json,
    read: (node, reading, name) => {
      const read = entries.read(node, reading, name);
      for (const { key } of read ?? []) {
        if (/^[A-Za-z_]\w*$/.test(key)) continue;
        reading.report(node, {
          severity: 'warning',
          code: 'bad-environment',
          message: `\`${key}\` is no name of an environment variable`,
        });
      }
      return read;
    },
  };
})();

const cloudImage = record(
  {
    name: required(about('a name of the image catalogue', text)),
    expand_gigabytes: optional(integer({ max: 65_535 })),
    environment: standing(environment, () => []),
    context: optional(about('a file or folder the guest finds under /etc/nocloud/context', path)),
    setup_script: optional(about('runs once in the guest, as root', path)),
    run_script: optional(about('runs in the guest on every `up`, after the setup script', path)),
  },
  { ignored: { path: 'disks live in the deployment’s folder on the guest’s host' } },
);

const existingDisk = record(
  {
    path: required(path),
    create_deep_copy: standing(flag, () => false),
    readonly: standing(flag, () => false),
  },
  {
    ignored: {
      driver_type: 'the format is read from the disk itself',
      device_type: 'it is attached as a disk',
      extended_graphics_support: 'guests have a serial console',
      run_script: 'it needs a cloud image',
      setup_script: 'it needs a cloud image',
      context: 'it needs a cloud image',
      environment: 'it needs a cloud image',
    },
  },
);

const computed = 'it is computed';

const libvirt = record(
  {
    cpus: required(integer({ min: 1, max: 512 })),
    memory_mb: required(integer({ min: 1 })),
    username: optional(text),
    libvirt_type: required(
      record(
        { cloud_image: optional(cloudImage), existing_disk: optional(existingDisk) },
        { exactlyOne: ['cloud_image', 'existing_disk'] },
      ),
    ),
  },
  {
    ignored: {
      password: 'guests are reached by the deployment’s key',
      static_ip: 'an interface has its address under `network`',
      hostname: computed,
      ssh_address: computed,
      tcp_tty_port: 'the serial console is logged on the host',
    },
  },
);

/** One entry of `machines`. */
export const machineShape: Shape<Machine> = record({
  name: required(nameShape),
  network: standing(list(networkInterface), () => []),
  libvirt: required(libvirt),
});
