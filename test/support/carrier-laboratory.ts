import type { failureCodes } from '../../src/messages/registry.ts';
import { imagesFolder } from '../../src/model/host.ts';
import type { OwnerLabel } from '../../src/model/owner-label.ts';
import type { Disk, Domain, GuestReady, Push, Resource, Seed } from '../../src/model/resources.ts';
import type { CarriedTransport } from '../../src/model/transport/table.ts';

/** Whose laboratory it is. */
export const carrierLabel: OwnerLabel = { installation: '01234567', deployment: 'carry', generation: 1, hash: 'x' };
const { deployment } = carrierLabel;

/** The deployment's folder on the host. */
export const carrierFolder = `/var/lib/kvm-compose/deployments/${deployment}`;

/** The guests of the laboratory. */
export const carrierGuests = ['a', 'b', 'c'] as const;

/** One of them. */
export type CarrierGuest = (typeof carrierGuests)[number];

const host = 'main';
const link = `${deployment}-lan-access-main`;
const accessMac = '0a:00:00:00:0b:01';

/** What one transport makes of the laboratory. */
export interface TransportGoals {
  /** They need one another and what the transports before made. */
  readonly goals: readonly Resource[];
  /** One that the host refuses, in the same way in both worlds. */
  readonly bad: Resource;
  readonly code: keyof typeof failureCodes;
  /** One more that could be made: it is said to need the bad one. Left out where items never need each other. */
  readonly dependant?: Resource;
}

/** In the order in which they can be made. A transport without goals does not compile. */
export type CarrierLaboratory = { readonly [T in CarriedTransport]: TransportGoals };

/** The MAC of a guest's card. */
export function macOf(guest: CarrierGuest): string {
  return `52:54:00:00:bb:0${carrierGuests.indexOf(guest) + 1}`;
}

/** The address at which a guest answers in the namespace before it has any other. */
export function addressOf(guest: CarrierGuest): string {
  return `fe80::5054:ff:fe00:bb0${carrierGuests.indexOf(guest) + 1}`;
}

/** The image all disks stand on. */
export function pushGoal(image: Push['image']): Push {
  const path = `${imagesFolder}/${image.sha256}.qcow2`;
  return {
    kind: 'push',
    name: `${deployment}/${image.sha256.slice(0, 12)}@${host}`,
    host,
    path,
    image,
    format: 'qcow2',
  };
}

/** A guest's disk; that of `b` is larger than the image. */
export function diskGoal(guest: string, image: Push['image']): Disk {
  return {
    kind: 'disk',
    name: `${deployment}-${guest}`,
    host,
    guest,
    path: `${carrierFolder}/disks/${guest}.qcow2`,
    how: 'overlay',
    base: { path: pushGoal(image).path, format: 'qcow2', sha256: image.sha256 },
    expandGiB: guest === 'b' ? 1 : 0,
  };
}

/** A guest's seed, with secrets in it. */
export function seedGoal(guest: string): Seed {
  const text = `#cloud-config\nkeys:\n  - {{public:${deployment}/ssh}}\n  private: |\n    {{secret:${deployment}/hostkey/${guest}}}\n`;
  return {
    kind: 'seed',
    name: `${deployment}-${guest}`,
    host,
    guest,
    path: `${carrierFolder}/seeds/${guest}.iso`,
    instanceId: guest,
    files: [
      { name: 'meta-data', text: `instance-id: ${guest}\n` },
      { name: 'user-data', text },
    ],
  };
}

function domainGoal(guest: CarrierGuest, image: Push['image']): Domain {
  return {
    kind: 'libvirt.domain',
    name: `${deployment}-${guest}`,
    host,
    guest,
    cpus: 1,
    memoryMiB: 128,
    accelerator: 'qemu',
    disks: [
      { path: diskGoal(guest, image).path, format: 'qcow2', readonly: false },
      { path: seedGoal(guest).path, format: 'raw', readonly: true },
    ],
    interfaces: [{ mac: macOf(guest), port: `${deployment}-lan-${guest}-0`, tap: `vm-carry-${guest}`, mtu: 1400 }],
    consoleLog: `${carrierFolder}/console/${guest}.log`,
    running: true,
  };
}

function readyGoal(guest: CarrierGuest): GuestReady {
  const domain = `${deployment}-${guest}`;
  return {
    kind: 'guest.ready',
    name: domain,
    host,
    guest,
    domain,
    reach: {
      guest,
      namespace: `kc-${deployment}`,
      routes: [{ link: 'kb-carriers', address: addressOf(guest), via: link }],
      user: 'nocloud',
      keySecret: `${deployment}/ssh`,
      hostKeySecret: `${deployment}/hostkey/${guest}`,
    },
    until: 'banner',
    noProgressSeconds: 60,
    consoleLog: `${carrierFolder}/console/${guest}.log`,
  };
}

/** Three guests on one host. */
export function carrierLaboratory(image: Push['image']): CarrierLaboratory {
  const lan = `${deployment}-lan`;
  const acl = { kind: 'ovn.acl', name: `${lan}-0`, host, switch: lan, direction: 'to-lport', priority: 100 } as const;
  const access = {
    kind: 'access.link',
    name: link,
    host,
    namespace: `kc-${deployment}`,
    port: link,
    mtu: 1400,
  } as const;
  const plugged = { outer: 'ka-carriers', inner: 'kb-carriers', mac: accessMac } as const;
  const portOf = (guest: CarrierGuest) =>
    ({
      kind: 'ovn.switch-port',
      name: `${lan}-${guest}-0`,
      host,
      guest,
      switch: lan,
      type: 'guest',
      addresses: [macOf(guest)],
    }) as const;
  return {
    ovn: {
      goals: [
        { kind: 'ovn.switch', name: lan, host, subnet: '10.77.0.0/24' },
        { kind: 'access.port', name: link, host, switch: lan, mac: accessMac, chassis: 'main' },
        ...carrierGuests.map(portOf),
      ],
      bad: { ...portOf('a'), name: `${lan}-bad`, switch: `${deployment}-nowhere` },
      code: 'ovn-refused',
      dependant: { ...acl, match: 'ip4', action: 'allow' },
    },
    files: {
      goals: [
        { kind: 'folder', name: `${deployment}@${host}`, host, path: carrierFolder, mode: '0711' },
        pushGoal(image),
        ...carrierGuests.flatMap((guest) => [diskGoal(guest, image), seedGoal(guest)]),
      ],
      bad: { ...diskGoal('bad', image), base: { path: `${imagesFolder}/none.qcow2`, format: 'qcow2', sha256: '0' } },
      code: 'disk-failed',
      dependant: seedGoal('bad'),
    },
    links: {
      goals: [{ ...access, ...plugged }],
      bad: { ...access, ...plugged, name: `${link}-bad`, outer: 'ka-too-long-for-the-kernel', inner: 'kb-bad' },
      code: 'link-failed',
      dependant: { ...access, ...plugged, name: `${link}-next`, outer: 'ka-next', inner: 'kb-next' },
    },
    libvirt: {
      goals: carrierGuests.map((guest) => domainGoal(guest, image)),
      // What a domain needs is never another domain.
      bad: {
        ...domainGoal('a', image),
        name: `${deployment}-bad`,
        guest: 'bad',
        disks: [{ path: `${carrierFolder}/disks/none.qcow2`, format: 'qcow2', readonly: false }],
        interfaces: [],
        consoleLog: `${carrierFolder}/console/bad.log`,
      },
      code: 'libvirt-refused',
    },
    guest: {
      goals: [readyGoal('a'), readyGoal('b')],
      bad: {
        ...readyGoal('a'),
        name: `${deployment}-bad`,
        domain: `${deployment}-bad`,
        reach: { ...readyGoal('a').reach, guest: 'bad' },
        noProgressSeconds: 10,
      },
      code: 'guest-stalled',
      dependant: readyGoal('c'),
    },
  };
}
