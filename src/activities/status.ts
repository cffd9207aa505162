import type { Inventory } from '../model/host.ts';
import { refOf } from '../model/ref.ts';
import type { Domain, GuestReady, Resource } from '../model/resources.ts';
import type { Observed, Seen } from '../model/seen.ts';
import type { ReadInput } from '../workflows/contract.ts';
import type { ActivityPorts } from './activity-ports.ts';
import { aimOfUp, planAim } from './aim.ts';

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
  const aim = await aimOfUp(ports, input, signal, { tolerant: true });
  const { unknown } = aim.observed;
  // Nothing is said of what is on a host that does not answer: neither that it is there nor that it is missing.
  const known = { ...aim, desired: aim.desired.filter(({ host }) => !unknown.has(host)) };
  const { plan } = planAim(ports, input.deployment, known, { replace: true });
  const domains = aim.desired.filter((each): each is Domain => each.kind === 'libvirt.domain');
  const guests = await Promise.all(domains.map((domain) => guestStatus(ports, aim, domain)));
  const { create, change, delete: gone } = plan.summary;
  return {
    deployment: input.deployment,
    hosts: aim.inventory.hosts.map((host) => hostStatus(host.name, aim.observed)),
    guests,
    resources: aim.observed.seen.size,
    missing: create + change,
    surplus: gone,
  };
}

function hostStatus(name: string, observed: Observed): { name: string; answered: boolean; reason?: string } {
  const reason = observed.unknown.get(name);
  return reason === undefined ? { name, answered: true } : { name, answered: false, reason };
}

async function guestStatus(
  ports: ActivityPorts,
  aim: { inventory: Inventory; desired: readonly Resource[]; observed: Observed },
  domain: Domain,
): Promise<GuestStatus> {
  const name = domain.guest ?? domain.name;
  const seen = aim.observed.seen.get(refOf(domain)) as Seen<Domain> | undefined;
  const ready = aim.desired.find((each): each is GuestReady => each.kind === 'guest.ready' && each.guest === name);
  const isReady =
    ready !== undefined &&
    aim.observed.seen.get(refOf(ready))?.flaw === undefined &&
    aim.observed.seen.has(refOf(ready));
  return {
    name,
    host: domain.host,
    domain: domain.name,
    state: stateOf(seen, aim.observed.unknown.has(domain.host)),
    addresses: addressesOf(aim.desired, domain),
    ready: isReady,
    ...(ready === undefined ? {} : { reach: await reachOf(ports, aim.inventory, ready) }),
  };
}

function stateOf(seen: Seen<Domain> | undefined, hostIsUnknown: boolean): string {
  if (hostIsUnknown) return 'unknown';
  if (seen === undefined) return 'absent';
  return seen.flaw ?? (seen.as.running ? 'running' : 'shut off');
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
