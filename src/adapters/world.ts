import type { World } from '../ports/carrier.ts';
import type { Runner } from '../ports/runner.ts';
import type { Secrets } from '../ports/store.ts';
import { createFilesCarrier } from './carriers/files/create-files-carrier.ts';
import { createGuestCarrier } from './carriers/guest/create-guest-carrier.ts';
import { createLibvirtCarrier } from './carriers/libvirt/create-libvirt-carrier.ts';
import { createLinksCarrier } from './carriers/links/create-links-carrier.ts';
import { createOvnCarrier } from './carriers/ovn/create-ovn-carrier.ts';
import { createObserver } from './observer/create-observer.ts';

/** What the real world is made of. */
export interface WorldParts {
  readonly runner: Runner;
  readonly secrets: Secrets;
}

/** The real world: hosts with libvirt, Open vSwitch and OVN, and the guests on them. */
export function createWorld({ runner, secrets }: WorldParts): World {
  return {
    carriers: {
      ovn: createOvnCarrier(runner),
      files: createFilesCarrier(runner, secrets),
      links: createLinksCarrier(runner),
      libvirt: createLibvirtCarrier(runner),
      guest: createGuestCarrier({ runner, secrets }),
    },
    observer: createObserver(runner),
  };
}
