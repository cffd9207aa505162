import type { World } from '../ports/carrier.ts';
import type { WorldParts } from './carriers/transport.ts';
import { createObserver } from './observer/create-observer.ts';
import { carriersBy } from './per-transport.ts';
import { realTransports } from './transports.ts';

/** The real world: hosts with libvirt, Open vSwitch and OVN, and the guests on them. */
export function createWorld(parts: WorldParts): World {
  return {
    carriers: carriersBy((transport) => realTransports[transport].create(parts)),
    observer: createObserver(parts.runner, realTransports),
  };
}
