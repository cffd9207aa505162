import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A host of the playground, as the hosts file the playground wrote has it. */
export interface BenchHost {
  readonly name: string;
  readonly address: string;
}

/** Where both sides of a comparison find the same laboratory. */
export interface Laboratory {
  readonly guests: number;
  readonly hosts: readonly BenchHost[];
  /** Folder with kvm-compose.yaml and hosts.yaml. */
  readonly project: string;
  /** Folder the shell script works from. */
  readonly script: string;
}

const macOf = (n: number): string => `02:00:00:60:${hex(n >> 8)}:${hex(n & 255)}`;
const hex = (n: number): string => n.toString(16).padStart(2, '0');

/** Writes one laboratory twice: as a project file, and as the lists the shell script reads. */
export function writeLaboratory(
  folder: string,
  guests: number,
  hosts: readonly BenchHost[],
  playground: string,
  image: string,
): Laboratory {
  const project = join(folder, 'bench');
  const script = join(folder, 'script');
  for (const path of [project, script]) mkdirSync(path, { recursive: true });
  const list = Array.from({ length: guests }, (_, n) => ({
    name: `g${n}`,
    host: hosts[n % hosts.length]!.name,
    mac: macOf(n),
    ip: `10.60.${Math.floor(n / 250)}.${(n % 250) + 1}`,
  }));
  const lines = (rows: readonly (readonly string[])[]): string => rows.map((row) => `${row.join(' ')}\n`).join('');
  writeFileSync(join(script, 'hosts'), lines(hosts.map(({ name, address }) => [name, address])));
  writeFileSync(join(script, 'guests'), lines(list.map(({ name, host, mac, ip }) => [name, host, mac, ip])));
  writeFileSync(join(script, 'image'), readFileSync(image));
  writeFileSync(join(script, 'key'), readFileSync(join(playground, 'id')), { mode: 0o600 });
  writeFileSync(join(script, 'key.pub'), readFileSync(join(playground, 'id.pub')));
  writeFileSync(join(script, 'ssh_config'), sshConfig(folder, playground));
  writeFileSync(join(project, 'hosts.yaml'), hostsFile(hosts, playground));
  writeFileSync(join(project, 'kvm-compose.yaml'), projectFile(list));
  return { guests, hosts, project, script };
}

function projectFile(list: readonly { name: string; mac: string; ip: string }[]): string {
  const machines = list.map(
    ({ name, mac, ip }) =>
      `  - name: ${name}\n    network: [{ switch: lan, ip: ${ip}, mac: '${mac}' }]\n` +
      '    libvirt: { cpus: 1, memory_mb: 128, libvirt_type: { cloud_image: { name: tiny } } }\n',
  );
  return `machines:\n${machines.join('')}network:\n  ovn: { switches: { lan: { subnet: 10.60.0.0/16 } } }\n`;
}

function hostsFile(hosts: readonly BenchHost[], playground: string): string {
  const rows = hosts.map(
    ({ name, address }) =>
      `  ${name}: { address: ${address}, connection: ssh, user: root, ` +
      `identity_file: ${playground}/id, known_hosts_file: ${playground}/known_hosts }\n`,
  );
  return `main: ${hosts[0]!.name}\nhosts:\n${rows.join('')}`;
}

/** The script shares connections, as a careful engineer would. */
function sshConfig(folder: string, playground: string): string {
  return [
    'Host *',
    '  User root',
    `  IdentityFile ${playground}/id`,
    '  IdentitiesOnly yes',
    `  UserKnownHostsFile ${playground}/known_hosts`,
    '  LogLevel ERROR',
    '  ControlMaster auto',
    `  ControlPath ${folder}/cm-%h`,
    '  ControlPersist 60',
    '',
  ].join('\n');
}
