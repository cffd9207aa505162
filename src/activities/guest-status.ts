import type { GuestReach, GuestStatus } from '../api/answers/status.ts';
import type { Host } from '../model/host.ts';
import { copyOf, type Observed } from '../model/observed.ts';
import { type Ref, refOf } from '../model/ref.ts';
import type { Reach, Resource } from '../model/resources.ts';
import type { Readiness, Runtime } from '../resources/contract.ts';
import { kindOf } from '../resources/registry.ts';
import type { ActivityPorts } from './activity-ports.ts';
import type { Target } from './target.ts';

/** What guests' rows are made from. */
type View = Pick<Target, 'inventory' | 'desired' | 'observed'>;

/** A guest, with the runtime it is. */
interface Guest {
  readonly goal: Resource;
  readonly runtime: Runtime;
}

/** What is wanted of a guest's readiness, with the kind that says it. */
interface WantedReadiness {
  readonly goal: Resource;
  readonly readiness: Readiness;
}

/** The row of every guest. */
export async function guestRows(ports: Pick<ActivityPorts, 'secrets'>, view: View): Promise<GuestStatus[]> {
  const places = placesOf(view.desired);
  const ready = readinessByGuest(view.desired);
  return Promise.all(
    guestsOf(view.desired).map((guest) => rowOf(ports, view, guest, places, ready.get(nameOf(guest)))),
  );
}

/** The guests among resources, in their order. */
export function guestsOf(resources: readonly Resource[]): Guest[] {
  return resources.flatMap((goal) => {
    const { runtime } = kindOf(goal.kind);
    return runtime ? [{ goal, runtime }] : [];
  });
}

function nameOf({ goal }: Guest): string {
  return goal.guest ?? goal.name;
}

function readinessByGuest(resources: readonly Resource[]): ReadonlyMap<string, WantedReadiness> {
  const found = new Map<string, WantedReadiness>();
  for (const goal of resources) {
    const { readiness } = kindOf(goal.kind);
    if (readiness && goal.guest !== undefined) found.set(goal.guest, { goal, readiness });
  }
  return found;
}

async function rowOf(
  ports: Pick<ActivityPorts, 'secrets'>,
  { inventory, observed }: View,
  guest: Guest,
  places: ReadonlyMap<Ref, readonly string[]>,
  ready: WantedReadiness | undefined,
): Promise<GuestStatus> {
  const { goal, runtime } = guest;
  const found = copyOf(observed, refOf(goal), goal.host);
  const shown = ready && copyOf(observed, refOf(ready.goal), ready.goal.host);
  const others = (observed.copies.get(refOf(goal)) ?? []).filter((each) => each !== found).map(({ as }) => as.host);
  const canRun = runtime.capabilities.includes('exec');
  const reach =
    ready && canRun
      ? await reachOf(ports, inventory.hosts, ready.goal.host, ready.readiness.reach(ready.goal))
      : undefined;
  const wasPaused = shown !== undefined && ready?.readiness.wasPaused(shown) === true;
  return {
    name: nameOf(guest),
    host: goal.host,
    domain: goal.name,
    state: observed.unknown.has(goal.host) ? 'unknown' : stateOf(runtime, found, wasPaused),
    wanted: runtime.isWantedOn(goal) ? 'running' : 'shut off',
    addresses: addressesOf(guest, places),
    ready: isAsWanted(runtime.capabilities.includes('readiness') ? shown : found),
    ...(others.length === 0 ? {} : { alsoOn: others }),
    ...(reach === undefined ? {} : { reach }),
  };
}

function stateOf(runtime: Runtime, observed: Observed | undefined, wasPaused: boolean): string {
  if (observed === undefined) return 'absent';
  const { power, asked } = runtime.state(observed);
  // A guest is started paused and waits until its host can take one more that boots; others a person paused.
  if (power === 'paused' && !asked) return wasPaused ? 'paused' : 'waits for room';
  return observed.drift ?? powerText[power];
}

function isAsWanted(observed: Observed | undefined): boolean {
  return observed !== undefined && observed.drift === undefined;
}

const powerText = { on: 'running', paused: 'paused', off: 'shut off' } as const;

/** The addresses of every place on a network, by place. */
function placesOf(resources: readonly Resource[]): ReadonlyMap<Ref, readonly string[]> {
  const places = resources.flatMap((each) => {
    const { attachment } = kindOf(each.kind);
    return attachment ? [[refOf(each), attachment.addresses(each)] as const] : [];
  });
  return new Map(places);
}

/** The addresses of the guest's places on its networks, by their names; `dynamic` where DHCP decides. */
function addressesOf({ goal, runtime }: Guest, places: ReadonlyMap<Ref, readonly string[]>): string[] {
  return [...new Set(runtime.attachments(goal))].sort().flatMap((ref) => places.get(ref) ?? []);
}

/** Everything a client on the server's machine needs to open an SSH session: references to keys, never keys. */
async function reachOf(
  ports: Pick<ActivityPorts, 'secrets'>,
  hosts: readonly Host[],
  name: string,
  reach: Reach,
): Promise<GuestReach | undefined> {
  const host = hosts.find((each) => each.name === name);
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
