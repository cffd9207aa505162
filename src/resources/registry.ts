import type { KindName } from '../model/kind.ts';
import { accessLink } from './access.link/kind.ts';
import { accessPort } from './access.port/kind.ts';
import { accessRule } from './access.rule/kind.ts';
import type { ResourceKind } from './contract.ts';
import { disk } from './disk/kind.ts';
import { folder } from './folder/kind.ts';
import { guestReady } from './guest.ready/kind.ts';
import { laterKinds } from './later/kinds.ts';
import { libvirtDomain } from './libvirt.domain/kind.ts';
import { ovnAcl } from './ovn.acl/kind.ts';
import { ovnDhcp } from './ovn.dhcp/kind.ts';
import { ovnDns } from './ovn.dns/kind.ts';
import { ovnGateway } from './ovn.gateway/kind.ts';
import { ovnNat } from './ovn.nat/kind.ts';
import { ovnRoute } from './ovn.route/kind.ts';
import { ovnRouterPort } from './ovn.router-port/kind.ts';
import { ovnRouter } from './ovn.router/kind.ts';
import { ovnSwitchPort } from './ovn.switch-port/kind.ts';
import { ovnSwitch } from './ovn.switch/kind.ts';
import { push } from './push/kind.ts';
import { script } from './script/kind.ts';
import { seed } from './seed/kind.ts';

/** One line per kind; a kind without its line does not compile. */
const table: { readonly [K in KindName]: ResourceKind<K> } = {
  'ovn.switch': ovnSwitch,
  'ovn.switch-port': ovnSwitchPort,
  'ovn.router': ovnRouter,
  'ovn.router-port': ovnRouterPort,
  'ovn.route': ovnRoute,
  'ovn.gateway': ovnGateway,
  'ovn.nat': ovnNat,
  'ovn.dhcp': ovnDhcp,
  'ovn.dns': ovnDns,
  'ovn.acl': ovnAcl,
  'access.port': accessPort,
  'access.rule': accessRule,
  'access.link': accessLink,
  folder,
  push,
  disk,
  seed,
  'libvirt.domain': libvirtDomain,
  'guest.ready': guestReady,
  script,
  ...laterKinds,
};

/** Every kind by name. */
export const kinds: ReadonlyMap<KindName, ResourceKind> = new Map(
  Object.values(table).map((kind) => [kind.kind, kind as ResourceKind]),
);

/** The kind of a name. */
export function kindOf(name: KindName): ResourceKind {
  return table[name];
}
