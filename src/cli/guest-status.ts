import { Failure } from '../model/failure.ts';
import type { Host } from '../model/host.ts';
import type { ProjectPlace } from './project-place.ts';
import { withVariables } from './project-text.ts';
import { askServer } from './session.ts';
import type { CliWorld } from './world.ts';

/** How a guest is reached over SSH, through its host. */
export interface GuestReach {
  readonly namespace: string;
  /** In the order in which they are to be tried; at least one. */
  readonly routes: readonly { readonly link: string; readonly address: string }[];
  readonly user: string;
  readonly host: Host;
  readonly keyFile?: string;
  readonly knownHostKey?: string;
}

/** A guest as `status` tells it. */
export interface GuestStatus {
  readonly name: string;
  readonly host: string;
  readonly domain: string;
  readonly state: string;
  readonly addresses: readonly string[];
  readonly ready: boolean;
  readonly reach?: GuestReach;
}

/** The answer to `status`. */
export interface DeploymentStatus {
  readonly deployment: string;
  readonly hosts: readonly { readonly name: string; readonly answered: boolean; readonly reason?: string }[];
  readonly guests: readonly GuestStatus[];
  readonly resources: number;
  readonly missing: number;
  readonly surplus: number;
}

/** Asks the hosts, through the server. */
export async function readStatus(world: CliWorld, place: ProjectPlace): Promise<DeploymentStatus> {
  const asked = await withVariables(world, place);
  return (await askServer(world, { type: 'read', what: 'status', ...asked, options: {} })) as DeploymentStatus;
}

/** One guest and how it is reached. Throws Failure `no-such-guest`, or says that it is not up. */
export async function findGuest(world: CliWorld, place: ProjectPlace, name: string): Promise<GuestReach> {
  const { guests, deployment } = await readStatus(world, place);
  const guest = guests.find((each) => each.name === name);
  if (!guest) {
    const known = guests
      .map((each) => each.name)
      .slice(0, 20)
      .join(', ');
    const hint = known === '' ? 'it has no guests' : `it has ${known}`;
    throw new Failure({
      code: 'no-such-guest',
      class: 'permanent',
      message: `${deployment} has no guest ${name}`,
      object: name,
      hint,
    });
  }
  if (!guest.reach || guest.state !== 'running') {
    const message = `guest ${name} cannot be reached: ${guest.state === 'running' ? 'it has no access link' : `it is ${guest.state}`}`;
    throw new Failure({
      code: 'guest-unreachable',
      class: 'permanent',
      message,
      host: guest.host,
      hint: 'kvm-compose up brings it up',
    });
  }
  return guest.reach;
}
