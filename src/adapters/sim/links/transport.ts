import { accessNamespace } from '../../../model/host.ts';
import { labelToPairs } from '../../../model/owner-label.ts';
import type { LinkAnswer } from '../../../model/transport/links.ts';
import type { SimulatedTransport } from '../transport.ts';
import { linksEffects } from './effects.ts';
import type { LinksState, SimulatedLink } from './state.ts';

/** Namespaces and access ports. */
export const links: SimulatedTransport<'links', LinksState, LinksState> = {
  effects: linksEffects,
  empty: () => ({ links: {} }),
  answer: (host) => ({
    links: Object.values(host.links).map(linkAnswer),
    namespaces: [...new Set(Object.values(host.links).map(({ mark: label }) => accessNamespace(label.deployment)))],
  }),
};

function linkAnswer({ link, mark: label }: SimulatedLink): LinkAnswer {
  const { namespace, inner: name, mac, mtu, outer, port } = link;
  const externalIds = { ...labelToPairs(label, `access.link:${link.name}`), 'iface-id': port };
  return { outer, externalIds, ...(name === '' ? {} : { peer: { namespace, name, mac, mtu, up: true } }) };
}
