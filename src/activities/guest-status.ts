import type { GuestReach, GuestStatus } from '../api/answers/status.ts';
import type { Host } from '../model/host.ts';
import { copyOf, type Observed } from '../model/observed.ts';
import { refOf } from '../model/ref.ts';
import type { Domain, GuestReady, Resource } from '../model/resources.ts';
import { pausedDrift } from '../resources/guest.ready/kind.ts';
import type { ActivityPorts } from './activity-ports.ts';
import type { Target } from './target.ts';

/** A guest's row. */
export async function guestStatus(
  ports: ActivityPorts,
  { inventory, desired, observed }: Pick<Target, 'inventory' | 'desired' | 'observed'>,
  domain: Domain,
): Promise<GuestStatus> {
  const name = domain.guest ?? domain.name;
  const found = copyOf(observed, refOf(domain), domain.host) as Observed<Domain> | undefined;
  const ready = desired.find((each): each is GuestReady => each.kind === 'guest.ready' && each.guest === name);
  const shown = ready && copyOf(observed, refOf(ready), ready.host);
  const others = (observed.copies.get(refOf(domain)) ?? []).filter((each) => each !== found).map(({ as }) => as.host);
  const reach = ready && (await reachOf(ports, inventory.hosts, ready));
  return {
    name,
    host: domain.host,
    domain: domain.name,
    state: stateOf(found, shown, observed.unknown.has(domain.host)),
    wanted: domain.running ? 'running' : 'shut off',
    addresses: addressesOf(desired, domain),
    ready: shown !== undefined && shown.drift === undefined,
    ...(others.length === 0 ? {} : { alsoOn: others }),
    ...(reach === undefined ? {} : { reach }),
  };
}

function stateOf(
  observed: Observed<Domain> | undefined,
  readiness: Observed | undefined,
  hostIsUnknown: boolean,
): string {
  if (hostIsUnknown) return 'unknown';
  if (observed === undefined) return 'absent';
  // A guest is started paused and waits until its host can take one more that boots; others a person paused.
  if (observed.as.paused && !observed.asked) return readiness?.drift === pausedDrift ? 'paused' : 'waits for room';
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
async function reachOf(
  ports: ActivityPorts,
  hosts: readonly Host[],
  ready: GuestReady,
): Promise<GuestReach | undefined> {
  const { reach } = ready;
  const host = hosts.find((each) => each.name === ready.host);
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
