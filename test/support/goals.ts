import type { KindName } from '../../src/model/kind.ts';
import type { LaterKindName, LaterResource, Reach, Resource, ResourceOf } from '../../src/model/resources.ts';

/** Deployment and hosts all goals belong to: rows live on `main`, the guest on `h2`. */
export const deployment = 'lab';
const root = '/var/lib/kvm-compose/deployments/lab';
const image = { sha256: 'a'.repeat(64), size: 21_000_000, source: '/cache/tiny.qcow2' };
const imagePath = `/var/lib/kvm-compose/images/${'a'.repeat(64)}.qcow2`;
const mac = '52:54:00:aa:bb:01';
const accessMac = '0a:00:00:00:00:01';

const reach: Reach = {
  guest: 'web',
  namespace: 'kc-lab',
  routes: [{ link: 'kb-1234567890', address: 'fe80::5054:ff:feaa:bb01', via: 'lab-lan-access-h2' }],
  user: 'nocloud',
  keySecret: 'lab/ssh',
  hostKeySecret: 'lab/hostkey/web',
};

function later<K extends LaterKindName>(kind: K): LaterResource<K> {
  return { kind, name: `lab-${kind}`, host: 'main', needs: [], settings: {} };
}

/** One goal of every kind; together they are a laboratory in which each has all it needs. A kind without one does not compile. */
export const goals: { readonly [K in KindName]: ResourceOf<K> } = {
  'ovn.switch': { kind: 'ovn.switch', name: 'lab-lan', host: 'main', subnet: '10.0.0.0/24' },
  'ovn.switch-port': {
    kind: 'ovn.switch-port',
    name: 'lab-lan-web-0',
    host: 'main',
    guest: 'web',
    switch: 'lab-lan',
    type: 'guest',
    addresses: [`${mac} 10.0.0.11`],
    dhcp: 'lab-lan',
  },
  'ovn.router': { kind: 'ovn.router', name: 'lab-edge', host: 'main', chassis: 'chassis-main' },
  'ovn.router-port': {
    kind: 'ovn.router-port',
    name: 'lab-edge-lan',
    host: 'main',
    router: 'lab-edge',
    switch: 'lab-lan',
    mac: '0a:00:00:00:00:02',
    networks: ['10.0.0.1/24'],
  },
  'ovn.route': {
    kind: 'ovn.route',
    name: 'lab-edge-default',
    host: 'main',
    router: 'lab-edge',
    prefix: '0.0.0.0/0',
    nexthop: '10.0.0.254',
  },
  'ovn.gateway': {
    kind: 'ovn.gateway',
    name: 'lab-edge-lan-main',
    host: 'main',
    router: 'lab-edge',
    routerPort: 'lab-edge-lan',
    chassis: 'chassis-main',
    priority: 20,
  },
  'ovn.nat': {
    kind: 'ovn.nat',
    name: 'lab-edge-snat',
    host: 'main',
    router: 'lab-edge',
    type: 'snat',
    externalIp: '192.0.2.1',
    logicalIp: '10.0.0.0/24',
  },
  'ovn.dhcp': {
    kind: 'ovn.dhcp',
    name: 'lab-lan',
    host: 'main',
    switch: 'lab-lan',
    cidr: '10.0.0.0/24',
    options: { lease_time: '3600', server_id: '10.0.0.1' },
  },
  'ovn.dns': { kind: 'ovn.dns', name: 'lab-lan', host: 'main', switch: 'lab-lan', records: { web: '10.0.0.11' } },
  'ovn.acl': {
    kind: 'ovn.acl',
    name: 'lab-lan-0',
    host: 'main',
    switch: 'lab-lan',
    direction: 'to-lport',
    priority: 100,
    match: 'ip4',
    action: 'drop',
  },
  'access.port': {
    kind: 'access.port',
    name: 'lab-lan-access-h2',
    host: 'main',
    switch: 'lab-lan',
    mac: accessMac,
    chassis: 'h2',
  },
  'access.rule': { kind: 'access.rule', name: 'lab-lan-access-h2', host: 'main', switch: 'lab-lan', mac: accessMac },
  'access.link': {
    kind: 'access.link',
    name: 'lab-lan-access-h2',
    host: 'h2',
    namespace: 'kc-lab',
    port: 'lab-lan-access-h2',
    outer: 'ka-1234567890',
    inner: 'kb-1234567890',
    mac: accessMac,
    mtu: 1400,
  },
  folder: { kind: 'folder', name: 'lab@h2', host: 'h2', path: root, mode: '0711' },
  push: { kind: 'push', name: 'lab/aaaaaaaaaaaa@h2', host: 'h2', path: imagePath, image, format: 'qcow2' },
  disk: {
    kind: 'disk',
    name: 'lab-web',
    host: 'h2',
    guest: 'web',
    path: `${root}/disks/web.qcow2`,
    how: 'overlay',
    base: { path: imagePath, format: 'qcow2', sha256: image.sha256 },
    expandGiB: 0,
  },
  seed: {
    kind: 'seed',
    name: 'lab-web',
    host: 'h2',
    guest: 'web',
    path: `${root}/seeds/web.iso`,
    instanceId: 'web-1',
    files: [{ name: 'meta-data', text: 'instance-id: web-1\n' }],
  },
  'libvirt.domain': {
    kind: 'libvirt.domain',
    name: 'lab-web',
    host: 'h2',
    guest: 'web',
    cpus: 1,
    memoryMiB: 128,
    accelerator: 'qemu',
    disks: [
      { path: `${root}/disks/web.qcow2`, format: 'qcow2', readonly: false },
      { path: `${root}/seeds/web.iso`, format: 'raw', readonly: true },
    ],
    interfaces: [{ mac, port: 'lab-lan-web-0', tap: 'vm-1234567890', mtu: 1400 }],
    consoleLog: `${root}/console/web.log`,
    running: true,
  },
  'guest.ready': {
    kind: 'guest.ready',
    name: 'lab-web',
    host: 'h2',
    guest: 'web',
    domain: 'lab-web',
    reach,
    until: 'ssh',
    noProgressSeconds: 120,
    consoleLog: `${root}/console/web.log`,
  },
  script: {
    kind: 'script',
    name: 'lab-web-setup',
    host: 'h2',
    guest: 'web',
    domain: 'lab-web',
    reach,
    disk: `${root}/disks/web.qcow2`,
    file: 'setup.sh',
    script: { sha256: 'b'.repeat(64), size: 100, source: '/project/setup.sh' },
    when: 'once',
  },
  'ovs.bridge': later('ovs.bridge'),
  'ovs.tunnel': later('ovs.tunnel'),
  'ovs.link': later('ovs.link'),
  'libvirt.network': later('libvirt.network'),
  container: later('container'),
  android: later('android'),
  image: later('image'),
  golden: later('golden'),
};

/** The same things wanted otherwise, where that is not simply another host. */
export const variants: { readonly [K in KindName]?: ResourceOf<K> } = {
  'ovn.switch': { ...goals['ovn.switch'], excludeIps: '10.0.0.2..10.0.0.9' },
  'ovn.switch-port': { ...goals['ovn.switch-port'], addresses: [`${mac} 10.0.0.12`] },
  'ovn.router': { ...goals['ovn.router'], chassis: 'chassis-h2' },
  'ovn.router-port': { ...goals['ovn.router-port'], networks: ['10.0.0.2/24'] },
  'ovn.route': { ...goals['ovn.route'], nexthop: '10.0.0.253' },
  'ovn.gateway': { ...goals['ovn.gateway'], chassis: 'chassis-h2' },
  'ovn.nat': { ...goals['ovn.nat'], externalIp: '192.0.2.2' },
  'ovn.dhcp': { ...goals['ovn.dhcp'], options: { lease_time: '60', server_id: '10.0.0.1' } },
  'ovn.dns': { ...goals['ovn.dns'], records: { web: '10.0.0.12' } },
  'ovn.acl': { ...goals['ovn.acl'], action: 'reject' },
  'access.port': { ...goals['access.port'], mac: '0a:00:00:00:00:09' },
  'access.rule': { ...goals['access.rule'], mac: '0a:00:00:00:00:09', address: '10.0.0.250' },
  'access.link': { ...goals['access.link'], mtu: 1300 },
  folder: { ...goals.folder, mode: '0755' },
  seed: { ...goals.seed, instanceId: 'web-2', files: [{ name: 'meta-data', text: 'instance-id: web-2\n' }] },
  'libvirt.domain': { ...goals['libvirt.domain'], memoryMiB: 256 },
  'guest.ready': { ...goals['guest.ready'], until: 'cloud-init' },
};

/** Every goal that a carrier can make: a whole laboratory. */
export const laboratory: readonly Resource[] = Object.values(goals).filter((goal) => !('settings' in goal));
