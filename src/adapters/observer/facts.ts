import type { Accelerator, Host, HostFacts } from '../../model/host.ts';
import type { OvsAnswer } from './ovs.ts';
import type { Sections } from './sections.ts';

/** The host's own facts, with the accelerator as far as it is known without booting anything. */
export function parseFacts(
  host: Host,
  sections: Sections,
  ovs: OvsAnswer,
): Omit<HostFacts, 'accelerator'> & { accelerator?: Accelerator } {
  const lines = sections.lines('facts');
  const value = (key: string): string => lines.find((line) => line.startsWith(`${key} `))?.slice(key.length + 1) ?? '';
  const memory = lines.find((line) => line.startsWith('MemTotal:')) ?? '';
  // Device, blocks, used, available, capacity, mount point.
  const disk = value('disk').split(/\s+/);
  const accelerator =
    host.accelerator === 'auto' ? remembered(value('kvm'), value('boot'), value('probed')) : host.accelerator;
  return {
    cores: Number(value('cores')),
    memoryMiB: Math.floor(Number(/\d+/.exec(memory)?.[0] ?? 0) / 1024),
    diskFreeMiB: Math.floor(Number(disk[3] ?? 0) / 1024),
    chassis: ovs.chassis,
    missingTools: lines.filter((line) => line.startsWith('missing ')).map((line) => line.slice('missing '.length)),
    ...(accelerator === undefined ? {} : { accelerator }),
  };
}

function remembered(kvm: string, boot: string, probed: string): Accelerator | undefined {
  if (kvm === 'no') return 'qemu';
  const [when, what] = probed.split(' ');
  return when === boot && (what === 'kvm' || what === 'qemu') ? what : undefined;
}
