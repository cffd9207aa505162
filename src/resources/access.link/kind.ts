import { accessNamespace } from '../../model/host.ts';
import { markFromPairs } from '../../model/mark.ts';
import type { AccessLink } from '../../model/resources.ts';
import type { Seen } from '../../model/seen.ts';
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
  compare: (goal, seen) => compareFields(goal, seen, { remake: ['outer', 'inner', 'namespace'], ignore: ['address'] }),
  undo: (change, _goal, seen) => plainUndo(change, seen),
  parse: (answers, scope) => (answers.links?.links ?? []).flatMap((link) => seenLink(link, scope.host)),
  render: (goal, mark, was) =>
    goal
      ? { transport: 'links', do: 'ensure', link: goal, mark }
      : {
          transport: 'links',
          do: 'remove',
          ref: `access.link:${was.name}`,
          namespace: was.namespace,
          outer: was.outer,
          inner: was.inner,
        },
  describe: (link) =>
    `access link ${link.outer}–${link.inner} to ${link.port} in ${link.namespace} on ${link.host}, mtu ${link.mtu}`,
});

const prefix = 'access.link:';

function seenLink(link: LinkAnswer, host: string): Seen<AccessLink>[] {
  const found = markFromPairs(link.externalIds);
  if (!found?.resource.startsWith(prefix)) return [];
  const { peer } = link;
  const as: AccessLink = {
    kind: 'access.link',
    name: found.resource.slice(prefix.length),
    host,
    namespace: peer?.namespace ?? accessNamespace(found.mark.deployment),
    port: link.externalIds['iface-id'] ?? '',
    outer: link.outer,
    inner: peer?.name ?? '',
    mac: peer?.mac ?? '',
    mtu: peer?.mtu ?? 0,
  };
  const flaw = peer === undefined ? 'inner end missing' : peer.up ? undefined : 'inner end down';
  return [{ as, mark: found.mark, ...(flaw === undefined ? {} : { flaw }) }];
}
