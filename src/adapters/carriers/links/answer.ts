import { labelFromPairs } from '../../../model/owner-label.ts';
import type { LinkAnswer, LinksAnswer } from '../../../model/transport/links.ts';
import type { Heard } from '../../observer/query.ts';

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

/** Ports of the deployment (or of all) on the integration bridge, with their other ends in its namespace. */
export function parseLinks({ sections, ovs, deployment }: Heard): LinksAnswer {
  const outer = new Map(ipLinks(sections.text('outer')).map((link) => [link.ifname, link]));
  const namespaces = sections.lines('namespaces');
  // Indices of the outer ends are all of one namespace, so they tell the inner ones apart wherever they are.
  const inner = new Map(
    namespaces.flatMap((namespace) =>
      ipLinks(sections.text(`inner ${namespace}`)).map((link) => [link.link_index, peerOf(namespace, link)] as const),
    ),
  );
  const isMeant = (externalIds: Readonly<Record<string, string>>): boolean => {
    const found = labelFromPairs(externalIds);
    if (!found?.resource.startsWith('access.link:')) return false;
    return deployment === undefined || found.label.deployment === deployment;
  };
  const links = [...ovs.interfaces]
    .filter(([, { externalIds }]) => isMeant(externalIds))
    .map(([name, { externalIds }]): LinkAnswer => {
      const peer = inner.get(outer.get(name)?.ifindex);
      return { outer: name, externalIds, ...(peer ? { peer } : {}) };
    });
  return { links, namespaces };
}

function peerOf(namespace: string, { ifname, address, mtu, flags }: IpLink): NonNullable<LinkAnswer['peer']> {
  return { namespace, name: ifname, mac: address ?? '', mtu: mtu ?? 0, up: flags?.includes('UP') ?? false };
}

function ipLinks(text: string): IpLink[] {
  const found = text.trim() === '' ? [] : (JSON.parse(text) as Partial<IpLink>[]);
  // `ip -j link show type veth` prints empty objects for links of other types.
  return found.filter((link): link is IpLink => link.ifname !== undefined && link.ifindex !== undefined);
}
