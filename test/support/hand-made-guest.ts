import { inject } from 'vitest';

import { output } from './command.ts';
import { onHost, shellOnHost } from './playground.ts';

/** What the hand-made guest gets. */
export interface GuestSpec {
  readonly name: string;
  readonly mac: string;
  /** With prefix length. */
  readonly address: string;
  readonly environment: string;
  /** Content of the one file of its context. */
  readonly context: string;
}

const folder = '/var/lib/libvirt/images';

/** The guest's side of the seed contract, in the fewest words. */
const guestScript = `set -eu
mkdir -p /etc/nocloud/context
[ ! -f "$1/context.tar.gz" ] || tar -xzf "$1/context.tar.gz" -C /etc/nocloud/context
[ ! -f "$1/env" ] || cp "$1/env" /etc/nocloud/env
printf '#!/bin/sh\\nsed -n "s/^$1=//p" /etc/nocloud/env\\n' >/etc/nocloud/env.sh
chmod 755 /etc/nocloud/env.sh
`;

function userData(name: string, publicKey: string, hostKey: string): string {
  const indented = hostKey.trimEnd().replaceAll(/^/gm, '    ');
  return `#cloud-config
hostname: "${name}"
users:
  - name: "nocloud"
    ssh_authorized_keys:
      - ${publicKey}
disable_root: false
ssh_deletekeys: false
ssh_keys:
  ed25519_private: |
${indented}
runcmd:
  - echo once >>/root/ran
`;
}

function networkConfig(mac: string, address: string): string {
  return `version: 2
ethernets:
  eth0:
    match: { macaddress: "${mac}" }
    addresses: ["${address}"]
    mtu: 1400
`;
}

/** Emulated, and without checksum offload: the netdev datapath drops half-computed checksums. */
function domain(name: string, mac: string, bridge: string): string {
  return `<domain type='qemu'><name>${name}</name><memory unit='MiB'>128</memory><vcpu>1</vcpu>
<os><type arch='x86_64' machine='pc'>hvm</type></os><features><acpi/></features>
<cpu mode='maximum'><feature policy='disable' name='la57'/></cpu>
<devices>
<disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='${folder}/${name}.qcow2'/><target dev='vda' bus='virtio'/></disk>
<disk type='file' device='disk'><driver name='qemu' type='raw'/><source file='${folder}/${name}.iso'/><target dev='vdb' bus='virtio'/><readonly/></disk>
<interface type='bridge'><mac address='${mac}'/><source bridge='${bridge}'/><virtualport type='openvswitch'/><model type='virtio'/>
<driver name='qemu'><host csum='off' gso='off' tso4='off' tso6='off' ecn='off' ufo='off'/><guest csum='off' tso4='off' tso6='off' ecn='off' ufo='off'/></driver></interface>
<channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>
<rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>
<serial type='file'><source path='${folder}/${name}.log'/></serial><console type='file'><source path='${folder}/${name}.log'/></console>
</devices></domain>
`;
}

/** Writes disk, seed and keys of a guest on a host and starts it, all with the tools themselves. */
export async function startByHand(host: string, bridge: string, guest: GuestSpec): Promise<void> {
  const { name, mac, address, environment, context } = guest;
  const work = `${folder}/${name}.d`;
  await shellOnHost(
    host,
    `mkdir -p ${work}/seed ${work}/context; cd ${work}
[ -e id ] || ssh-keygen -q -t ed25519 -N '' -f id; [ -e host_key ] || ssh-keygen -q -t ed25519 -N '' -f host_key
echo "${address.split('/')[0]} $(cut -d' ' -f1,2 host_key.pub)" >known_hosts
cp ${inject('tinyImage')} ../${name}.qcow2`,
  );
  const files: Record<string, string> = {
    'seed/user-data': userData(
      name,
      await onHost(host, 'cat', `${work}/id.pub`),
      await onHost(host, 'cat', `${work}/host_key`),
    ),
    'seed/meta-data': `instance-id: ${name}-1\nlocal-hostname: ${name}\n`,
    'seed/network-config': networkConfig(mac, address),
    'seed/env': environment,
    'seed/guest.sh': guestScript,
    'context/file': context,
    'domain.xml': domain(name, mac, bridge),
  };
  const { folder: state, net } = inject('playground');
  const env = { KVM_COMPOSE_PLAYGROUND: state, KVM_COMPOSE_PLAYGROUND_NET: net };
  for (const [path, input] of Object.entries(files)) {
    await output('playground/playground', ['exec', host, 'tee', `${work}/${path}`], { input, env });
  }
  await shellOnHost(
    host,
    `cd ${work}; tar -C context -czf seed/context.tar.gz .
genisoimage -quiet -output ../${name}.iso -volid cidata -joliet -rock seed
virsh -q define domain.xml; virsh -q start ${name}`,
  );
}

/** The ssh command to the guest from its host, with the one host key that the seed gave it. */
export function sshArguments(guest: GuestSpec, user: string): string[] {
  const work = `${folder}/${guest.name}.d`;
  const options = [
    'BatchMode=yes',
    'ConnectTimeout=5',
    'StrictHostKeyChecking=yes',
    `UserKnownHostsFile=${work}/known_hosts`,
  ];
  return [
    'timeout',
    '20',
    'ssh',
    '-i',
    `${work}/id`,
    ...options.flatMap((option) => ['-o', option]),
    `${user}@${guest.address.split('/')[0] ?? ''}`,
  ];
}
