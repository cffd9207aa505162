import type { DeploymentStatus, GuestReach } from '../api/answers/status.ts';
import { Failure } from '../model/failure.ts';
import type { ProjectPlace } from './project-place.ts';
import { withVariables } from './project-text.ts';
import { askServer } from './session.ts';
import type { CliWorld } from './world.ts';

/** Asks the hosts, through the server. */
export async function readStatus(
  world: CliWorld,
  place: ProjectPlace,
  guests?: readonly string[],
): Promise<DeploymentStatus> {
  // Only a laboratory that this server has not made is looked up in the project file: a typo there locks nobody out.
  const asked = await withVariables(world, place).catch(() => place);
  return askServer(world, 'status', { ...asked, ...(guests ? { guests: [...guests] } : {}), options: {} });
}

/** One guest and how it is reached. Throws Failure `no-such-guest`, or says that it is not up. */
export async function findGuest(world: CliWorld, place: ProjectPlace, name: string): Promise<GuestReach> {
  const { guests, deployment, kept } = await readStatus(world, place, [name]);
  const guest = guests.find((each) => each.name === name);
  if (!guest && kept.some(({ asked }) => asked === undefined)) {
    const message = `guest ${name} cannot be reached: it is down, its disk is kept`;
    throw new Failure({ code: 'guest-unreachable', class: 'permanent', message, hint: 'kvm-compose up brings it up' });
  }
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
