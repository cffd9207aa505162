import { parseIp, parseSubnet } from '../model/ip.ts';
import type { GuestInterface } from './compile-context.ts';

/** What user-data says about a guest. */
export interface GuestIdentity {
  readonly deployment: string;
  readonly guest: string;
  readonly hostname: string;
  readonly user: string;
}

/** Whom guests with a way out ask for names, as in the original. */
const nameserver = '1.1.1.1';

/** Makes what the seed brings, once; the tiny guest has done it already before this runs. */
const runSeed =
  'test -e /etc/nocloud/env.sh || { mkdir -p /run/cidata; mount -o ro LABEL=cidata /run/cidata; sh /run/cidata/guest.sh /run/cidata; umount /run/cidata; }';

/**
 * cloud-init's user-data, one key per line so that small readers need no YAML. Keys are placeholders, filled in on the
 * way to the host: the desired state is public, and says the same on every machine.
 */
export function userData({ deployment, guest, hostname, user }: GuestIdentity): string {
  const key = `{{public:${deployment}/ssh}}`;
  const hostKey = `${deployment}/hostkey/${guest}`;
  return lines(
    '#cloud-config',
    `hostname: ${quoted(hostname)}`,
    'users:',
    `  - name: ${quoted(user)}`,
    '    sudo: "ALL=(ALL) NOPASSWD:ALL"',
    '    shell: "/bin/bash"',
    '    lock_passwd: true',
    '    ssh_authorized_keys:',
    `      - ${key}`,
    'disable_root: false',
    'ssh_authorized_keys:',
    `  - ${key}`,
    'ssh_deletekeys: false',
    'ssh_keys:',
    '  ed25519_private: |',
    `    {{secret:${hostKey}}}`,
    `  ed25519_public: "{{public:${hostKey}}}"`,
    'runcmd:',
    `  - ${runSeed}`,
  );
}

/** cloud-init's meta-data. */
export function metaData(instanceId: string, hostname: string): string {
  return lines(`instance-id: ${quoted(instanceId)}`, `local-hostname: ${quoted(hostname)}`);
}

/** cloud-init's network-config, version 2. Interfaces are told apart by their MAC. */
export function networkConfig(interfaces: readonly GuestInterface[], mtu: number): string {
  const first = (version: 4 | 6): GuestInterface | undefined =>
    interfaces.find(({ gateway }) => gateway !== undefined && parseIp(gateway)?.version === version);
  const doors = [first(4), first(6)];
  const asks = interfaces.find((each) => doors.includes(each));
  const blocks = interfaces.flatMap((each) => interfaceLines(each, mtu, doors.includes(each), each === asks));
  return blocks.length === 0 ? lines('version: 2') : lines('version: 2', 'ethernets:', ...blocks);
}

function interfaceLines(
  { index, mac, ip, gateway, switch: parent }: GuestInterface,
  mtu: number,
  isDoor: boolean,
  asksNames: boolean,
): string[] {
  const dynamic = ip === 'dynamic';
  const subnet = parseSubnet(parent.subnet)!;
  const address = ip === undefined || dynamic ? [] : ['    addresses:', `      - ${quoted(`${ip}/${subnet.prefix}`)}`];
  return [
    `  nic${index}:`,
    '    match:',
    `      macaddress: ${quoted(mac)}`,
    `    set-name: "ens${index}"`,
    `    dhcp4: ${dynamic && subnet.version === 4}`,
    `    dhcp6: ${dynamic && subnet.version === 6}`,
    ...address,
    ...(isDoor && !dynamic ? [routeLine(gateway!)] : []),
    ...(asksNames ? ['    nameservers:', '      addresses:', `        - ${quoted(nameserver)}`] : []),
    `    mtu: ${mtu}`,
  ];
}

/**
 * netplan warns of these keys and wants `routes`; but where cloud-init writes for ifupdown it makes `::/64` of a route to
 * `::/0`, and older netplans know no `default`. These every renderer of cloud-init understands.
 */
function routeLine(gateway: string): string {
  return `    ${gateway.includes(':') ? 'gateway6' : 'gateway4'}: ${quoted(gateway)}`;
}

function lines(...each: readonly string[]): string {
  return `${each.join('\n')}\n`;
}

/** A YAML double-quoted scalar; JSON's is one. */
function quoted(value: string): string {
  return JSON.stringify(value);
}
