/** Every kind of resource this product can make on a host. The names are part of the plan's public JSON shape. */
export const kindNames = [
  'ovn.switch',
  'ovn.switch-port',
  'ovn.router',
  'ovn.router-port',
  'ovn.route',
  'ovn.gateway',
  'ovn.nat',
  'ovn.dhcp',
  'ovn.dns',
  'ovn.acl',
  'ovs.bridge',
  'ovs.tunnel',
  'ovs.link',
  'libvirt.network',
  'libvirt.domain',
  'container',
  'android',
  'folder',
  'image',
  'disk',
  'seed',
  'golden',
  'push',
  'access.port',
  'access.rule',
  'access.link',
  'guest.ready',
  'script',
] as const;

/** The name of a resource kind. */
export type KindName = (typeof kindNames)[number];

/** Which carrier has the effects of a kind: one per way of reaching the world. */
export type TransportName = 'ovn' | 'files' | 'links' | 'libvirt' | 'guest' | 'later';

/** The groups people see, in the order of the requirement. Edges, not stages, decide what may run together. */
export const stageNames = [
  'artefacts',
  'hosts',
  'folders',
  'network',
  'images',
  'distribute',
  'start',
  'setup',
] as const;

/** The name of a stage. */
export type StageName = (typeof stageNames)[number];
