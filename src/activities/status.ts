import type { Inventory } from '../model/host.ts';
import { refOf } from '../model/ref.ts';
import type { Domain, GuestReady, Resource } from '../model/resources.ts';
import type { ObservedState, Observed } from '../model/observed.ts';
import type { ReadInput } from '../workflows/contract.ts';
import type { ActivityPorts } from './activity-ports.ts';
import { targetOfUp, planTarget } from './target.ts';

/** One row of `status`. */
interface GuestStatus {
  readonly name: string;
  readonly host: string;
  readonly domain: string;
  readonly state: string;
  readonly addresses: readonly string[];
  readonly ready: boolean;
  readonly reach?: unknown;
}

/** What the deployment's guests are doing, as the hosts tell it now. */
export async function statusOf(ports: ActivityPorts, input: ReadInput, signal: AbortSignal): Promise<unknown> {
  const target = await targetOfUp(ports, input, signal, { tolerant: true });
  const { unknown } = target.observed;
  // Nothing is said of what is on a host that does not answer: neither that it is there nor that it is missing.
  const known = { ...target, desired: target.desired.filter(({ host }) => !unknown.has(host)) };
  const { plan } = planTarget(ports, input.deployment, known, { replace: true });
  const domains = target.desired.filter((each): each is Domain => each.kind === 'libvirt.domain');
  const guests = await Promise.all(domains.map((domain) => guestStatus(ports, target, domain)));
  const { create, change, delete: gone } = plan.summary;
  return {
    deployment: input.deployment,
    hosts: target.inventory.hosts.map((host) => hostStatus(host.name, target.observed)),
    guests,
    resources: target.observed.resources.size,
    missing: create + change,
    surplus: gone,
  };
}

function hostStatus(name: string, observed: ObservedState): { name: string; answered: boolean; reason?: string } {
  const reason = observed.unknown.get(name);
  return reason === undefined ? { name, answered: true } : { name, answered: false, reason };
}

async function guestStatus(
  ports: ActivityPorts,
  target: { inventory: Inventory; desired: readonly Resource[]; observed: ObservedState },
  domain: Domain,
): Promise<GuestStatus> {
  const name = domain.guest ?? domain.name;
  const observed = target.observed.resources.get(refOf(domain)) as Observed<Domain> | undefined;
  const ready = target.desired.find((each): each is GuestReady => each.kind === 'guest.ready' && each.guest === name);
  const isReady =
    ready !== undefined &&
    target.observed.resources.get(refOf(ready))?.drift === undefined &&
    target.observed.resources.has(refOf(ready));
  return {
    name,
    host: domain.host,
    domain: domain.name,
    state: stateOf(observed, target.observed.unknown.has(domain.host)),
    addresses: addressesOf(target.desired, domain),
    ready: isReady,
    ...(ready === undefined ? {} : { reach: await reachOf(ports, target.inventory, ready) }),
  };
}

function stateOf(observed: Observed<Domain> | undefined, hostIsUnknown: boolean): string {
  if (hostIsUnknown) return 'unknown';
  if (observed === undefined) return 'absent';
  return observed.drift ?? (observed.as.running ? 'running' : 'shut off');
}

/** The addresses OVN knows of the guest's ports; `dynamic` where DHCP decides. */
function addressesOf(desired: readonly Resource[], domain: Domain): string[] {
  const ports = new Set(domain.interfaces.map((each) => each.port));
  return desired
    .filter((each) => each.kind === 'ovn.switch-port' && ports.has(each.name))
    .flatMap((each) => (each.kind === 'ovn.switch-port' ? each.addresses : []))
    .flatMap((text) => text.split(' ').slice(1));
}

/** Everything a client on the server's machine needs to open an SSH session: references to keys, never keys. */
async function reachOf(ports: ActivityPorts, inventory: Inventory, ready: GuestReady): Promise<unknown> {
  const { reach } = ready;
  const host = inventory.hosts.find((each) => each.name === ready.host);
  if (!host || reach.routes.length === 0) return undefined;
  return {
    namespace: reach.namespace,
    routes: reach.routes.map(({ link, address }) => ({ link, address })),
    user: reach.user,
    host,
    ...(reach.keySecret === undefined ? {} : { keyFile: ports.secrets.path(reach.keySecret) }),
    ...(reach.hostKeySecret === undefined ? {} : { knownHostKey: await ports.secrets.publicKey(reach.hostKeySecret) }),
  };
}
