import type { Where } from '../model/diagnostic.ts';
import type { Acl, BridgeNetwork, OvnNetwork } from '../model/testbed-network.ts';
import type { Part, Project } from './project-shape.ts';
import type { Reading } from './shape.ts';

type Network = Project['network'];

/** A file of a project as it was read, with what it is read by: findings stand in its own text. */
export interface ReadPart {
  readonly part: Part;
  readonly reading: Reading;
}

/**
 * One project of its file and what that includes: lists add up, the project file's own first, and of single values the
 * first that is given holds. Undefined after what cannot be one was reported.
 */
export function mergeProjects([first, ...others]: readonly [ReadPart, ...ReadPart[]]): Project | undefined {
  const parts = [first, ...others];
  const { at } = first.part;
  const network = mergeNetworks(parts);
  if (!network) return undefined;
  const access = parts.find(({ part }) => part.access !== undefined)?.part.access;
  return {
    at,
    machines: parts.flatMap(({ part }) => part.machines),
    network,
    policy: parts.find(({ part }) => part.policy !== undefined)?.part.policy ?? 'NaiveRoundRobin',
    ...(access === undefined ? {} : { access }),
  };
}

function mergeNetworks(parts: readonly ReadPart[]): Network | undefined {
  const given = parts.flatMap(({ part, reading }) => (part.network ? [{ network: part.network, reading }] : []));
  const [first, ...others] = given;
  if (!first) {
    const [{ reading, part }] = parts as [ReadPart];
    reading.note(part.at(), { code: 'missing-key', message: 'the project file lacks `network`' });
    return undefined;
  }
  if (others.length === 0) return first.network;
  for (const { network, reading } of others) {
    if (network.kind === first.network.kind) continue;
    const message = 'one file joins guests by OVN, and another by bridges';
    reading.note(network.at(), { code: 'include-clash', message });
    return undefined;
  }
  return first.network.kind === 'ovn'
    ? mergeOvn(given as { network: OvnNetwork; reading: Reading }[])
    : mergeBridges(given.map(({ network }) => network as BridgeNetwork));
}

function mergeOvn(given: readonly { network: OvnNetwork; reading: Reading }[]): OvnNetwork {
  const networks = given.map(({ network }) => network);
  checkNames(given, 'switch', ({ switches }) => switches);
  checkNames(given, 'router', ({ routers }) => routers);
  return {
    kind: 'ovn',
    at: networks[0]!.at,
    switches: networks.flatMap(({ switches }) => switches),
    routers: networks.flatMap(({ routers }) => routers),
    acl: mergeAcls(networks.map(({ acl }) => acl)),
  };
}

function checkNames(
  given: readonly { network: OvnNetwork; reading: Reading }[],
  what: 'switch' | 'router',
  of: (network: OvnNetwork) => readonly { readonly at: Where; readonly name: string }[],
): void {
  const known = new Map<string, Where>();
  for (const { network, reading } of given) {
    for (const { at, name } of of(network)) {
      const before = known.get(name)?.();
      if (before === undefined) {
        known.set(name, at);
        continue;
      }
      const hint = `${before.file} has it on line ${before.line}`;
      reading.note(at(), { code: 'duplicate-name', message: `${what} \`${name}\` is in another file already`, hint });
    }
  }
}

/** Rules for one switch may stand in several files. */
function mergeAcls(acls: readonly Acl[]): Acl {
  const switches = new Map<string, Acl['switches'][number]>();
  for (const each of acls.flatMap((acl) => acl.switches)) {
    const before = switches.get(each.name);
    switches.set(each.name, before ? { ...before, rules: [...before.rules, ...each.rules] } : each);
  }
  return { apply_deny_all: acls.some((acl) => acl.apply_deny_all), switches: [...switches.values()] };
}

function mergeBridges(networks: readonly BridgeNetwork[]): BridgeNetwork {
  const external = networks.find(({ external_bridge }) => external_bridge !== undefined)?.external_bridge;
  return {
    kind: 'bridges',
    at: networks[0]!.at,
    bridges: networks.flatMap(({ bridges }) => bridges),
    connections: networks.flatMap(({ connections }) => connections),
    ...(external === undefined ? {} : { external_bridge: external }),
    nics: networks.flatMap(({ nics }) => nics),
  };
}
