import type { SharedTextPath } from '../../model/artefacts.ts';
import { accessNamespace } from '../../model/host.ts';
import { labelFromPairs } from '../../model/owner-label.ts';
import type { AccessLink } from '../../model/resources.ts';
import type { Observed } from '../../model/observed.ts';
import type { LinkAnswer } from '../../model/transport/links.ts';
import { defineKind } from '../contract.ts';
import { compareFields } from '../shared/compare.ts';
import { plainUndo } from '../shared/undo.ts';

/** The way from a host into a switch: a veth pair between the integration bridge and the deployment's namespace. */
export const accessLink = defineKind({
  kind: 'access.link',
  transport: 'links',
  stage: 'network',
  asks: ['links'],
  needs: (link) => [{ ref: `access.port:${link.port}`, how: 'after' }],
  // A host does not tell the IPv4 address apart from others an interface may have; ensuring sets it again.
  compare: (goal, observed) =>
    compareFields(goal, observed, { remake: ['outer', 'inner', 'namespace'], ignore: ['address'] }),
  undo: (change, _goal, observed) => plainUndo(change, observed),
  parse: (answers, scope) => (answers.links?.links ?? []).flatMap((link) => seenLink(link, scope.host)),
  render: (goal, label, was) =>
    goal
      ? { transport: 'links', do: 'ensure', link: goal, mark: label }
      : {
          transport: 'links',
          do: 'remove',
          ref: `access.link:${was.name}`,
          namespace: was.namespace,
          outer: was.outer,
          inner: was.inner,
        },
  artefacts: (link) => [{ path: linksPath, text: () => linkText(link) }],
  describe: (link) =>
    `access link ${link.outer}–${link.inner} to ${link.port} in ${link.namespace} on ${link.host}, mtu ${link.mtu}`,
});

const linksPath: SharedTextPath = 'links.txt';

function linkText({ name, host, port, outer, inner, namespace, mac, mtu, address }: AccessLink): string {
  const addresses = address === undefined ? '' : ` address ${address}`;
  return `${name} on ${host}: ${outer} (port ${port}) to ${inner} in ${namespace}, mac ${mac}, mtu ${mtu}${addresses}\n`;
}

const prefix = 'access.link:';

function seenLink(link: LinkAnswer, host: string): Observed<AccessLink>[] {
  const found = labelFromPairs(link.externalIds);
  if (!found?.resource.startsWith(prefix)) return [];
  const { peer } = link;
  const as: AccessLink = {
    kind: 'access.link',
    name: found.resource.slice(prefix.length),
    host,
    namespace: peer?.namespace ?? accessNamespace(found.label.deployment),
    port: link.externalIds['iface-id'] ?? '',
    outer: link.outer,
    inner: peer?.name ?? '',
    mac: peer?.mac ?? '',
    mtu: peer?.mtu ?? 0,
  };
  const drift = peer === undefined ? 'inner end missing' : peer.up ? undefined : 'inner end down';
  return [{ as, label: found.label, ...(drift === undefined ? {} : { drift }) }];
}
