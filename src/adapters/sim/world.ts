import { Failure } from '../../model/failure.ts';
import type { World } from '../../ports/carrier.ts';
import { simulatedCarrier, type SimulatedTransport, type Surroundings } from './carrier.ts';
import { createFaults, type Faults } from './faults.ts';
import { filesEffects } from './files.ts';
import { guestEffects } from './guest.ts';
import { libvirtEffects } from './libvirt.ts';
import { linksEffects } from './links.ts';
import { observeHost } from './observer.ts';
import { ovnEffects } from './ovn.ts';
import { emptyHost, type SimulatedHost } from './state.ts';

/** How a simulated world behaves. */
export interface SimulationOptions {
  /** What applying one item takes, in milliseconds; nothing unless told. */
  readonly latency?: (transport: SimulatedTransport) => number;
  /** What the hosts hold at the start; they are changed in place. */
  readonly hosts?: Record<string, SimulatedHost>;
  /** Called after effects, for a world that outlives its process. */
  readonly changed?: (hosts: Readonly<Record<string, SimulatedHost>>) => void;
}

/** A world of maps behind the ports of the real one, and the hands of a test in it. */
export interface SimulatedWorld extends World {
  readonly faults: Faults;
  /** Names of hosts that do not answer. */
  readonly gone: Set<string>;
  /** Other names of hosts, by name. */
  readonly aliases: Map<string, string>;
  /** What a host holds, to look at and to meddle with. */
  host(name: string): SimulatedHost;
}

/** Makes a world in which every host that is named exists and is empty. */
export function createSimulatedWorld(options: SimulationOptions = {}): SimulatedWorld {
  const hosts = options.hosts ?? {};
  const gone = new Set<string>();
  const aliases = new Map<string, string>();
  const host = (name: string): SimulatedHost => {
    const machine = aliases.get(name) ?? name;
    return (hosts[machine] ??= { ...emptyHost(), id: machine });
  };
  const around: Surroundings = {
    faults: createFaults(),
    reach: (name) => {
      if (gone.has(name)) throw unreachable(name);
      return host(name);
    },
    latency: options.latency ?? (() => 0),
    changed: () => options.changed?.(hosts),
  };
  return {
    carriers: {
      ovn: simulatedCarrier(ovnEffects, around),
      files: simulatedCarrier(filesEffects, around),
      links: simulatedCarrier(linksEffects, around),
      libvirt: simulatedCarrier(libvirtEffects, around),
      guest: simulatedCarrier(guestEffects, around),
    },
    observer: {
      observe: ({ name }, queries, scope) =>
        Promise.resolve().then(() => observeHost(around.reach(name), queries, scope)),
    },
    faults: around.faults,
    gone,
    aliases,
    host,
  };
}

function unreachable(host: string): Failure {
  return new Failure({ code: 'host-unreachable', class: 'host', message: `host ${host} does not answer`, host });
}
