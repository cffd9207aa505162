/** Where the project of a test is said to be. */
export const projectFolder = '/project';

/** What a generated project is to hold. */
export interface ProjectSize {
  readonly guests: number;
  readonly hosts: number;
  /** Every how many guests one has a setup script; none unless told. */
  readonly scriptEvery?: number;
  readonly memoryMb?: number;
}

/** The texts of a project of so many guests on one switch, by path. */
export function projectTexts(size: ProjectSize): Record<string, string> {
  return {
    [`${projectFolder}/kvm-compose.yaml`]: projectText(size),
    [`${projectFolder}/hosts.yaml`]: hostsText(size.hosts),
    [`${projectFolder}/setup.sh`]: 'echo hello\n',
  };
}

function projectText({ guests, scriptEvery, memoryMb = 128 }: ProjectSize): string {
  const machines = Array.from({ length: guests }, (_, n) => {
    const script = scriptEvery !== undefined && n % scriptEvery === 0 ? '\n          setup_script: ./setup.sh' : '';
    return `  - name: g${n}
    network:
      - switch: lan
        ip: 10.50.${1 + Math.floor(n / 200)}.${1 + (n % 200)}
    libvirt:
      cpus: 1
      memory_mb: ${memoryMb}
      libvirt_type:
        cloud_image:
          name: tiny${script}
`;
  });
  return `machines:
${machines.join('')}network:
  ovn:
    switches:
      lan:
        subnet: 10.50.0.0/16
`;
}

function hostsText(hosts: number): string {
  const lines = Array.from(
    { length: hosts },
    (_, n) => `  ${hostName(n)}: { address: 192.0.2.${n + 1}, connection: ssh }\n`,
  );
  return `main: main\nhosts:\n${lines.join('')}`;
}

/** `main`, `h1`, `h2`, … */
export function hostName(n: number): string {
  return n === 0 ? 'main' : `h${n}`;
}
