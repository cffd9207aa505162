import { accessNamespace } from '../../model/host.ts';
import { markKeys } from '../../model/mark.ts';
import type { LinkAnswer, LinksAnswer } from '../../model/transport/links.ts';
import type { OvsAnswer } from './ovs.ts';
import type { Sections } from './sections.ts';

/** A link as `ip -j link` prints it. */
interface IpLink {
  readonly ifindex: number;
  readonly ifname: string;
  readonly address?: string;
  readonly mtu?: number;
  readonly flags?: readonly string[];
  /** Index of the other end, in the other namespace. */
  readonly link_index?: number;
}

/** Ports of the deployment on the integration bridge, with their other ends in its namespace. */
export function parseLinks(sections: Sections, ovs: OvsAnswer, deployment: string): LinksAnswer {
  const outer = new Map(ipLinks(sections.text('outer')).map((link) => [link.ifname, link]));
  const inner = new Map(ipLinks(sections.text('inner')).map((link) => [link.link_index, link]));
  const namespace = accessNamespace(deployment);
  const links = [...ovs.interfaces]
    .filter(([, externalIds]) => externalIds[markKeys.deployment] === deployment)
    .map(([name, externalIds]): LinkAnswer => {
      const peer = inner.get(outer.get(name)?.ifindex);
      return { outer: name, externalIds, ...(peer ? { peer: peerOf(namespace, peer) } : {}) };
    });
  return { links, namespaces: sections.lines('namespaces') };
}

function peerOf(namespace: string, { ifname, address, mtu, flags }: IpLink): NonNullable<LinkAnswer['peer']> {
  return { namespace, name: ifname, mac: address ?? '', mtu: mtu ?? 0, up: flags?.includes('UP') ?? false };
}

function ipLinks(text: string): IpLink[] {
  const found = text.trim() === '' ? [] : (JSON.parse(text) as Partial<IpLink>[]);
  // `ip -j link show type veth` prints empty objects for links of other types.
  return found.filter((link): link is IpLink => link.ifname !== undefined && link.ifindex !== undefined);
}
