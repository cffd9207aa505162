import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A guest of a test's laboratory. */
export interface LaboratoryGuest {
  readonly name: string;
  readonly switch: string;
  readonly ip: string;
  readonly gateway?: string;
  readonly host?: string;
  readonly memoryMb?: number;
  readonly environment?: Readonly<Record<string, string>>;
  /** Text of its setup script. */
  readonly setup?: string;
  /** The text of the one file of its context. */
  readonly context?: string;
  /** An existing disk instead of the tiny guest's image. */
  readonly disk?: string;
  /** Another image than the tiny guest's. */
  readonly image?: string;
}

/** A laboratory; on one switch, `lan`, unless told. */
export interface Laboratory {
  readonly guests: readonly LaboratoryGuest[];
  readonly switches?: Readonly<Record<string, string>>;
  /** Router ports by switch: address with prefix length. */
  readonly router?: Readonly<Record<string, string>>;
}

/** Writes a project, whole, over what is there; returns its folder. */
export async function writeLaboratory(folder: string, laboratory: Laboratory): Promise<string> {
  await mkdir(folder, { recursive: true });
  for (const { name, setup, context } of laboratory.guests) {
    if (setup !== undefined) await writeFile(join(folder, `${name}.sh`), setup);
    if (context === undefined) continue;
    await mkdir(join(folder, `${name}-context`), { recursive: true });
    await writeFile(join(folder, `${name}-context`, 'file'), context);
  }
  await writeFile(join(folder, 'kvm-compose.yaml'), projectText(laboratory));
  return folder;
}

/** JSON is YAML; the product's own examples are tried elsewhere. */
function projectText({ guests, switches = { lan: '10.70.0.0/24' }, router }: Laboratory): string {
  const ports = Object.entries(router ?? {}).map(([name, gateway_ip]) => ({
    name: `r-${name}`,
    gateway_ip,
    switch: name,
  }));
  const project = {
    machines: guests.map(machineOf),
    network: {
      ovn: {
        switches: Object.fromEntries(Object.entries(switches).map(([name, subnet]) => [name, { subnet }])),
        ...(ports.length > 0 ? { routers: { r: { ports } } } : {}),
      },
    },
  };
  return `${JSON.stringify(project, undefined, 2)}\n`;
}

function machineOf(guest: LaboratoryGuest): object {
  const { name, ip, gateway, host, memoryMb = 128, environment, disk, image = 'tiny' } = guest;
  const seed = {
    name: image,
    ...(guest.setup === undefined ? {} : { setup_script: `./${name}.sh` }),
    ...(guest.context === undefined ? {} : { context: `./${name}-context` }),
    ...(environment === undefined ? {} : { environment }),
  };
  return {
    name,
    ...(host === undefined ? {} : { placement: { host } }),
    network: [{ switch: guest.switch, ip, ...(gateway === undefined ? {} : { gateway }) }],
    libvirt: {
      cpus: 1,
      memory_mb: memoryMb,
      libvirt_type: disk === undefined ? { cloud_image: seed } : { existing_disk: { path: disk } },
    },
  };
}
