import { Failure } from '../../model/failure.ts';
import type { CarriedTransport } from '../../model/transport/table.ts';
import type { World } from '../../ports/carrier.ts';
import { carriersBy } from '../per-transport.ts';
import { simulatedCarrier, type Surroundings } from './carrier.ts';
import { createFaults, type Faults } from './faults.ts';
import { observeHost } from './observer.ts';
import { emptyHost, type SimulatedHost, simulatedTransports } from './state.ts';

/** How a simulated world behaves. */
export interface SimulationOptions {
  /** What applying one item takes, in milliseconds; nothing unless told. */
  readonly latency?: (transport: CarriedTransport) => number;
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
  // A world that an earlier release wrote has no parts of transports that came since.
  for (const host of Object.values(hosts)) Object.assign(host, { ...emptyHost(), ...host });
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
    carriers: carriersBy((transport) => simulatedCarrier(simulatedTransports[transport].effects, around)),
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
