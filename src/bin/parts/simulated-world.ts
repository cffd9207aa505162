import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SimulatedHost } from '../../adapters/sim/state.ts';
import { createSimulatedWorld } from '../../adapters/sim/world.ts';
import type { World } from '../../ports/carrier.ts';
import { Failure } from '../../model/failure.ts';
import { replaceFile } from '../../server/home.ts';

/**
 * A world without hosts, for trying things out and for tests of the server: `KVM_COMPOSE_SIMULATE` is how many
 * milliseconds each item takes. It lives in a file of the server's home, so it outlives the worker as hosts do.
 */
export function openSimulatedWorld(home: string, setting: string): World {
  const milliseconds = Number(setting);
  if (!Number.isFinite(milliseconds) || milliseconds < 0) {
    const message = `KVM_COMPOSE_SIMULATE is ${JSON.stringify(setting)}`;
    throw new Failure({
      code: 'bad-setting',
      class: 'permanent',
      message,
      hint: 'give milliseconds per item, such as 20',
    });
  }
  const path = join(home, 'simulated-world.json');
  return createSimulatedWorld({
    hosts: readHosts(path),
    latency: () => milliseconds,
    changed: (hosts) => replaceFile(path, JSON.stringify(hosts)),
  });
}

function readHosts(path: string): Record<string, SimulatedHost> {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Record<string, SimulatedHost>;
  } catch {
    return {};
  }
}
